import type { RecollectionView } from '../contract/why.ts'
import { fail } from '../domain/errors.ts'
import { standReasons } from '../domain/reason.ts'
import { type Run, readSince } from '../domain/run.ts'
import { type Recollection, recollectedSteps } from '../engine/explain/recollection.ts'
import { isoTime } from '../platform/clock.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import type { KnownSubject } from '../ports/report.ts'
import type { Store } from '../ports/store.ts'
import { reportRow } from './report.ts'
import { timeOrNone } from './views.ts'

/** So many of the newest changes about one person are told; the report tells all. */
const changesTold = 50
const itemsLooked = 200

/** What is remembered about whoever is called this, now or as it was after a run; nothing is read again. */
export async function recollect(
  store: Store,
  { key, document }: ConfigObject,
  asked: { readonly person: string; readonly group?: string | undefined; readonly run?: Run | undefined },
): Promise<{ readonly remembered: RecollectionView[]; readonly readAt?: number; readonly run?: number }> {
  const { person, group, run } = asked
  const [directoryKey, last] = await Promise.all([
    run?.directoryKey ?? store.directories.boundKey(String(document.target)),
    run ?? lastRead(store, key),
  ])
  if (directoryKey === undefined || last === undefined) return { remembered: [] }
  const subjects = await subjectsCalled(store, key, String(document.source), directoryKey, person)
  const remembered: RecollectionView[] = []
  for (const subject of subjects) {
    const known = await recollection(store, key, subject, group, run)
    remembered.push(recollectionView(known, recollectedSteps(known, group, run !== undefined)))
  }
  return { remembered, readAt: readSince(last), run: last.number }
}

/** Whoever is linked or was planned; else somebody whom the last plan left without an account, and said why. */
async function subjectsCalled(
  store: Store,
  connection: string,
  source: string,
  directoryKey: string,
  person: string,
): Promise<readonly KnownSubject[]> {
  const known = await store.report.subjects(source, directoryKey, person)
  if (known.length > 0) return known
  const standing = await store.snapshots.standstill(connection, person)
  if (standing === undefined) return []
  return [{ source, directoryKey, sourceKey: standing.sourceKey, label: standing.name }]
}

/** The newest run that made a plan: both sides were read for it. */
async function lastRead(store: Store, connection: string): Promise<Run | undefined> {
  let cursor: string | undefined
  do {
    const { items, next } = await store.runs.list({ connection }, { limit: 5, cursor })
    const found = items.find(({ planId, kind }) => planId !== undefined && (kind === 'full' || kind === 'preview'))
    if (found !== undefined) return found
    cursor = next
  } while (cursor !== undefined)
  return undefined
}

async function recollection(
  store: Store,
  connection: string,
  subject: KnownSubject,
  group: string | undefined,
  run: Run | undefined,
): Promise<Recollection> {
  const at = run === undefined ? undefined : (run.endedAt ?? run.startedAt)
  const filter = {
    connections: [connection],
    subject,
    run: run?.number,
    ...(run === undefined
      ? {}
      : { outcomes: ['applied', 'alreadyTrue', 'unproven', 'failed', 'skipped', 'open'] as const }),
  }
  const { sourceKey, directoryKey } = subject
  const isNow = run === undefined
  const [{ items }, departure, standstill, { items: open }, known, named] = await Promise.all([
    store.report.changes(filter, { limit: changesTold }),
    isNow && sourceKey !== undefined ? store.departures.get(connection, sourceKey) : undefined,
    isNow && sourceKey !== undefined ? store.snapshots.standstill(connection, sourceKey) : undefined,
    isNow ? store.workItems.list({ connection }, { limit: itemsLooked }) : { items: [] },
    store.report.remembered(subject, at),
    group === undefined ? [] : store.report.groupsNamed(group),
  ])
  const there = named.find((each) => each.directoryKey === directoryKey)
  const isAsked = (id: string | undefined) => group === undefined || (id !== undefined && id === there?.id)
  return {
    ...known,
    subject,
    ...(departure === undefined ? {} : { departure }),
    ...(standstill === undefined ? {} : { standstill }),
    memberships: known.memberships.filter(({ id }) => isAsked(id)),
    history: items.filter(
      (change) =>
        change.group === undefined ||
        isAsked('id' in change.group ? change.group.id : undefined) ||
        change.groupLabel === group,
    ),
    workItems: open.filter((item) => item.subject === `person:${subject.source}:${sourceKey}`),
    ...(there === undefined
      ? {}
      : { asked: { name: there.name, filledBy: await store.report.filledBy(directoryKey, there.id) } }),
  }
}

function recollectionView(
  known: Recollection,
  steps: RecollectionView['steps'] | ReturnType<typeof recollectedSteps>,
): RecollectionView {
  const { subject, link, state, departure, standstill, memberships, history, workItems } = known
  return {
    label: subject.label,
    sourceKey: subject.sourceKey,
    accountId: subject.accountId,
    steps: steps.map((step) => ({ ...step })),
    link: link === undefined ? undefined : { how: link.how, since: isoTime(link.since) },
    state: state === undefined ? undefined : { is: state.is, since: isoTime(state.since) },
    departure:
      departure === undefined ? undefined : { signal: departure.signal, provenSince: isoTime(departure.firstProvenAt) },
    standstill:
      standstill === undefined
        ? undefined
        : {
            run: standstill.run,
            reason: standstill.reason,
            sentence: standReasons[standstill.reason],
            rule: standstill.rule,
            dueAt: timeOrNone(standstill.dueAt),
          },
    memberships: memberships.map(({ since, grants, ...rest }) => ({
      ...rest,
      since: isoTime(since),
      grants: grants.map((each) => ({ ...each })),
    })),
    history: history.map(reportRow),
    workItems: workItems.map(({ number, reason, message }) => ({ number, reason, message })),
  }
}

/** The run that is asked about. Throws `not-found`. */
export async function runNumbered(store: Store, number: number): Promise<Run> {
  const run = await store.runs.byNumber(number)
  if (run === undefined) throw fail.notFound(`There is no run ${number}.`, { hint: 'List them: muster runs' })
  return run
}
