import type { DriftLookView, DriftView } from '../contract/drift.ts'
import type { Handlers } from '../contract/routes.ts'
import { type Drift, driftKinds } from '../domain/drift.ts'
import { fail } from '../domain/errors.ts'
import { lookForDrift } from '../engine/drift-look.ts'
import { isoTime } from '../platform/clock.ts'
import type { DriftStore } from '../ports/drift.ts'
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

    async list(_caller, { params: { key }, query: { kind, text, cursor, limit } }) {
      await lastLook(key)
      const { items, next } = await store.drift.list(key, { kinds: kind, text }, { cursor, limit })
      return { items: items.map(driftView), next }
    },

    last: (_caller, { params: { key } }) => lastLook(key),
  }
}

function lookView({
  readAt,
  by,
  unproven,
  counts,
}: NonNullable<Awaited<ReturnType<DriftStore['last']>>>): DriftLookView {
  return { readAt: isoTime(readAt), by, unproven: [...unproven], counts: { ...counts } }
}

function driftView({ kind, account, group, attribute, now, left, seenSince, seenByRun }: Drift): DriftView {
  return {
    kind,
    ...driftKinds[kind],
    account: account && { ...account },
    group: group && { ...group },
    attribute,
    now: now === undefined || typeof now === 'string' || now === null ? now : [...now],
    left,
    seenSince: timeOrNone(seenSince),
    seenByRun,
  }
}
