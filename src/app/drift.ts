import type { DriftLookView, DriftView } from '../contract/drift.ts'
import type { Handlers } from '../contract/routes.ts'
import { driftKinds } from '../domain/drift.ts'
import { fail } from '../domain/errors.ts'
import { lookForDrift } from '../engine/drift-look.ts'
import { isoTime } from '../platform/clock.ts'
import type { DriftStore, FoundDrift } from '../ports/drift.ts'
import { type Decidable, decideAbout, decisionViews, isDecided } from './exceptions.ts'
import { createConnections } from './setups.ts'
import type { UseCase } from './use-case.ts'
import { timeOrNone } from './views.ts'

/** As long as a read of a whole target may take. */
const longestMs = 15 * 60_000

/** What in a target is not as a connection left it. */
export function driftUseCases(useCase: UseCase): Handlers['drift'] {
  const { store, clock } = useCase

  const lastLook = async (key: string): Promise<DriftLookView> => {
    await useCase.object('connection', key)
    const look = await store.drift.last(key)
    if (look !== undefined) return lookView(look)
    throw fail.notFound(`Nobody has looked yet at what drifted from "${key}".`, {
      hint: `Look now: muster drift ${key}`,
    })
  }

  return {
    async look({ principal, signal: asked }, { params: { key } }) {
      const open = await createConnections(useCase).open(key)
      const signal = AbortSignal.any([asked, AbortSignal.timeout(longestMs)])
      const { readAt, unproven, found } = await lookForDrift({ store, clock, open, signal })
      await store.drift.replace(key, { readAt, by: principal.name, unproven }, found)
      return await lastLook(key)
    },

    async list(_caller, { params: { key }, query: { kind, text, decided, cursor, limit } }) {
      await lastLook(key)
      const filter = { kinds: kind, text, decided: isDecided(decided) }
      const { items, next } = await store.drift.list(key, filter, { cursor, limit })
      return { items: items.map(driftView), next }
    },

    last: (_caller, { params: { key } }) => lastLook(key),

    async decide({ principal }, { params: { key }, body: { decision, findings, comment } }) {
      await lastLook(key)
      const ids = [...new Set(findings)]
      const { items } = await store.drift.list(key, { ids }, { limit: ids.length })
      const found = new Map(items.map((each) => [each.id, each]))
      const missing = ids.filter((id) => !found.has(id))
      if (missing.length > 0) {
        throw fail.notFound(`The last look at "${key}" did not find ${missing.join(', ')}. Nothing was decided.`, {
          hint: `Look again: muster drift ${key}`,
        })
      }
      return await decideAbout(
        useCase,
        principal,
        key,
        ids.map((id) => decidable(found.get(id)!)),
        decision,
        comment,
      )
    },
  }
}

function decidable({ kind, account, group, attribute }: FoundDrift): Decidable {
  const label = [account?.label, group?.name, attribute].filter((each) => each !== undefined).join(', ')
  return {
    label,
    about: {
      kind,
      ...(account === undefined ? {} : { accountId: account.id }),
      ...(group === undefined ? {} : { groupId: group.id }),
      ...(attribute === undefined ? {} : { attribute }),
    },
  }
}

function lookView({
  readAt,
  by,
  unproven,
  counts,
  decided,
}: NonNullable<Awaited<ReturnType<DriftStore['last']>>>): DriftLookView {
  return { readAt: isoTime(readAt), by, unproven: [...unproven], counts: { ...counts }, decided }
}

type Listed = Awaited<ReturnType<DriftStore['list']>>['items'][number]

function driftView({
  id,
  kind,
  account,
  group,
  attribute,
  now,
  left,
  seenSince,
  seenByRun,
  decided,
}: Listed): DriftView {
  return {
    id,
    kind,
    ...driftKinds[kind],
    account: account && { ...account },
    group: group && { ...group },
    attribute,
    now: now === undefined || typeof now === 'string' || now === null ? now : [...now],
    left,
    seenSince: timeOrNone(seenSince),
    seenByRun,
    ...decisionViews(kind, decided),
  }
}
