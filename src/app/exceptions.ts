import type { Handlers, Principal } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import {
  decisionsAbout,
  type ExceptionDecision,
  type ExceptionKind,
  type ExceptionSubject,
  effectOf,
  isRemembered,
} from '../domain/exception.ts'
import { isoTime } from '../platform/clock.ts'
import type { StandingDecision } from '../ports/exceptions.ts'
import type { UseCase } from './use-case.ts'

/** What stands of what people decided beside the rules. */
export function exceptionUseCases(useCase: UseCase): Handlers['exceptions'] {
  const { store } = useCase
  return {
    async list(_caller, { params: { key }, query: { kind, cursor, limit } }) {
      const { items, next } = await store.exceptions.list(key, { kinds: kind }, { cursor, limit })
      // What a connection kept stands also when it is removed, and can still be taken back.
      if (items.length === 0) await useCase.object('connection', key)
      return {
        items: items.map(({ decidedAt, ...rest }) => ({
          ...rest,
          sentence: effectOf(rest.kind, rest.decision) ?? '',
          decidedAt: isoTime(decidedAt),
        })),
        next,
      }
    },

    async revoke({ principal }, { params: { key, exception } }) {
      const [taken] = (await store.exceptions.list(key, { ids: [exception] }, { limit: 1 })).items
      const ended = await store.exceptions.end(key, [exception], principal.name)
      if (taken === undefined || ended === 0) {
        throw fail.notFound(`No decision ${exception} of "${key}" stands.`, {
          hint: `List them: muster drift decisions ${key}`,
        })
      }
      await keepFromOlderPlans(useCase, key, taken.directoryKey, [taken])
      await useCase.audit(principal, 'exception.revoke', `connection:${key}`, { exception })
      return { removed: true }
    },
  }
}

/** Something to decide about, as a list shows it. */
export interface Decidable {
  readonly about: ExceptionSubject
  readonly label: string
}

/**
 * Remembers what somebody decided, and keeps plans that were made before from going on about the same accounts. Nothing is
 * sent. Throws `usage` when it cannot be decided about one of them, `conflict` when the connection never ran.
 */
export async function decideAbout(
  useCase: UseCase,
  principal: Principal,
  connection: string,
  things: readonly Decidable[],
  decision: ExceptionDecision,
  comment: string | undefined,
): Promise<{ decided: number; decision: ExceptionDecision; sentences: string[] }> {
  const { store } = useCase
  refuseImpossible(things, decision)
  const directoryKey = await directoryOf(useCase, connection)
  const decided = things.map(({ about, label }) => ({
    about,
    label,
    ...(isRemembered(about.kind, decision) ? { decision } : {}),
  }))
  await store.exceptions.decide(connection, directoryKey, decided, principal.name, comment)
  const subjects = things.map(({ about }) => about)
  await keepFromOlderPlans(useCase, connection, directoryKey, subjects)
  await useCase.audit(principal, 'exception.decide', `connection:${connection}`, {
    decision,
    ...(comment === undefined ? {} : { comment }),
    about: subjects,
  })
  const kinds = [...new Set(things.map(({ about }) => about.kind))]
  return {
    decided: things.length,
    decision,
    sentences: kinds.map((kind) => `${kind}: ${effectOf(kind, decision) ?? ''}.`),
  }
}

/**
 * Whoever read before a decision stood, or before it was taken back, does not know of that: their plans leave these accounts
 * alone, and of the same connection these people.
 */
async function keepFromOlderPlans(
  useCase: UseCase,
  connection: string,
  directoryKey: string,
  about: readonly ExceptionSubject[],
): Promise<void> {
  const accounts = about.flatMap(({ accountId }) => (accountId === undefined ? [] : [`account:${accountId}`]))
  const people = about.flatMap(({ personKey }) => (personKey === undefined ? [] : [`person:${personKey}`]))
  for (const key of await connectionsInto(useCase, directoryKey)) {
    const subjects = key === connection ? [...accounts, ...people] : accounts
    await useCase.store.dirty.planned(key, [...new Set(subjects)], useCase.clock.now())
  }
}

function refuseImpossible(things: readonly Decidable[], decision: ExceptionDecision): void {
  const refused = things.find(({ about }) => effectOf(about.kind, decision) === undefined)
  if (refused === undefined) return
  const { kind } = refused.about
  const possible = decisionsAbout(kind)
  const hint =
    possible.length > 0
      ? `Possible: ${possible.join(', ')}.`
      : 'It is asked about as a work item: muster items. Nothing was decided.'
  throw fail.usage(`"${decision}" cannot be decided about ${kind} (${refused.label}).`, { hint })
}

/** The directory behind a connection. Throws `conflict` before its first run. */
export async function directoryOf(useCase: UseCase, connection: string): Promise<string> {
  const { document } = await useCase.object('connection', connection)
  const directoryKey = await useCase.store.directories.boundKey(String(document.target))
  if (directoryKey !== undefined) return directoryKey
  throw fail.conflict(`"${connection}" has not read its target yet.`, { hint: `Plan first: muster plan ${connection}` })
}

/** Keys of all connections that write to a directory. */
async function connectionsInto(useCase: UseCase, directoryKey: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const { key, document } of await useCase.objects('connection')) {
    if ((await useCase.store.directories.boundKey(String(document.target))) === directoryKey) found.push(key)
  }
  return found
}

/** A decision that stands, and what else could be decided. */
export function decisionViews(kind: ExceptionKind, decided: StandingDecision | undefined) {
  return {
    ...(decided === undefined
      ? {}
      : { decided: { ...decided, sentence: effectOf(kind, decided.decision) ?? '', at: isoTime(decided.at) } }),
    possible: decisionsAbout(kind).map((decision) => ({ decision, sentence: effectOf(kind, decision) ?? '' })),
  }
}

/** What a list is narrowed to. */
export function isDecided(asked: 'yes' | 'no' | undefined): boolean | undefined {
  return asked === undefined ? undefined : asked === 'yes'
}
