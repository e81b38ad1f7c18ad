import type { FenceMark } from '../domain/account.ts'
import type { Instant } from '../domain/identity.ts'
import { semantics, semanticsVersion } from '../domain/plan.ts'
import type { ConnectorVersions, SourceReadSummary } from '../domain/snapshot.ts'
import type { Source } from '../ports/source.ts'
import type { Store } from '../ports/store.ts'
import { keptBy } from './mark.ts'
import type { PlanInput, Trust } from './planner/input.ts'
import type { OpenConnection } from './setup.ts'

/** What happened since the last good read that a person should look at first, and in which words it is told (D16, D18). */
export async function trustOf(
  store: Store,
  open: OpenConnection,
  lastGood: SourceReadSummary | undefined,
  { flowsAtOnce = false }: Pick<Source, 'flowsAtOnce'>,
  { keeper, rekeyedAt }: { readonly keeper: FenceMark | undefined; readonly rekeyedAt: Instant | undefined },
): Promise<Pick<PlanInput, 'trust' | 'former'>> {
  const { connection } = open
  const tookBack = await lastTookBack(store, connection.key)
  const kept = keeper === undefined ? {} : { keptBy: keptBy(keeper) }
  if (lastGood === undefined) {
    return { trust: { firstRun: !flowsAtOnce, rulesChanged: false, upgraded: false, ...tookBack, ...kept } }
  }
  const steps = versionSteps(lastGood, open.connectors)
  const rekeyed = rekeyedAt !== undefined && rekeyedAt > lastGood.takenAt
  const trust = { firstRun: false, rekeyed, upgraded: steps.length > 0, versionSteps: steps, ...tookBack, ...kept }
  if (lastGood.connectionVersion === connection.version) return { trust: { ...trust, rulesChanged: false } }
  // A read of an earlier version of Muster does not say which settings it was made with.
  if (lastGood.settings === undefined) return { trust: { ...trust, rulesChanged: true } }
  const { changes, former, secondPerson = false } = await open.changedSince(lastGood.settings)
  return {
    trust: { ...trust, rulesChanged: changes.length > 0, settingsChanges: changes, secondPerson },
    ...(former === undefined || changes.length === 0 ? {} : { former }),
  }
}

/** Every version that moved, also backwards, one sentence each. */
export function versionSteps(
  { semanticsVersion: then, connectors }: Pick<SourceReadSummary, 'semanticsVersion' | 'connectors'>,
  now: ConnectorVersions,
): readonly string[] {
  const steps: string[] = []
  if (then !== semanticsVersion) {
    const news = Object.entries(semantics).filter(([version]) => Number(version) > then)
    const what = news.length === 0 ? '' : `: ${news.map(([, text]) => text).join('; ')}`
    steps.push(`The rules of planning went from version ${then} to ${semanticsVersion}${what}.`)
  }
  for (const end of ['source', 'target'] as const) {
    const { type, version } = now[end]
    // Before versions were kept every connector was in its first.
    const before = connectors?.[end] ?? { type, version: 1 }
    if (before.type === type && before.version !== version) {
      steps.push(`The connector "${type}" went from version ${before.version} to ${version}.`)
    }
  }
  return steps
}

/** Whether the newest run of the connection that ended its work, or changed something, took back what earlier ones did. */
async function lastTookBack(store: Store, connection: string): Promise<Pick<Trust, 'undone' | 'retired'>> {
  const recent = await store.runs.list(
    { connection, states: ['applied', 'partial', 'failed', 'cancelled'] },
    { limit: 50 },
  )
  // What was planned for some people says nothing about the rest of what was taken back.
  const last = recent.items.find(
    ({ kind, state, outcomes }) =>
      (kind !== 'incremental' && state === 'applied') || state === 'partial' || Object.keys(outcomes).length > 0,
  )
  return { undone: last?.kind === 'undo', retired: last?.kind === 'retire' }
}
