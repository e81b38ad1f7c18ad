import type { Principal } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import type { Plan } from '../domain/plan.ts'
import { namesOfPerson, personBehind } from '../domain/review.ts'
import type { Run } from '../domain/run.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import type { PageRequest, Slice } from '../ports/paging.ts'
import type { UseCase } from './use-case.ts'

/** More runs than lie between a plan that can still be approved and the last one that was applied. */
const runsLookedAt = 200

/**
 * Two people for one effect, where a connection asks for it: whoever approves neither started the run nor saved the rules
 * that it is the first to follow, nor decided what it carries out, under whatever name of theirs (`muster users link`). A connection that asked for it when its rules were last approved asks for it still, so
 * that nobody takes the second person away alone. Throws `not-allowed`.
 */
export async function refuseSamePerson(
  useCase: Pick<UseCase, 'store'>,
  { name }: Principal,
  plan: Plan,
  run: Run,
): Promise<void> {
  const since = await lastApplied(useCase, run)
  const { connection, ends } = await versionsOf(useCase, plan, since)
  if (!connection.some(asksForTwo)) return
  const approver = personBehind(name)
  if (approver === undefined) {
    throw fail.notAllowed(`"${plan.connection}" asks for two people, and ${name} is nobody.`, {
      hint: 'Approve it signed in, or with a personal token.',
    })
  }
  // Names that were parted since still belong together for what was done before.
  const names = namesOfPerson(approver, await useCase.store.signIn.identities.pairsSince(since))
  const isApprover = (actor: string) => names.has(personBehind(actor) ?? '')
  const who = `"${plan.connection}" asks for two people, and ${name}`
  const hint = 'Somebody else with the role approver has to look at it.'
  if (isApprover(run.startedBy)) {
    throw fail.notAllowed(`${who} started run ${run.number}.`, { hint })
  }
  const changed = [...connection, ...ends].find(({ isNew, savedBy }) => isNew && isApprover(savedBy))
  if (changed !== undefined) {
    throw fail.notAllowed(
      `${who} changed the ${changed.kind} "${changed.key}" (version ${changed.version}) since its rules were last approved and applied.`,
      { hint },
    )
  }
  const decided = (await decisionsIn(useCase, plan)).find(({ decidedBy }) => isApprover(decidedBy))
  if (decided !== undefined) {
    throw fail.notAllowed(`${who} decided about ${decided.label}, which this plan carries out.`, { hint })
  }
}

/** What people decided about the accounts that this plan changes because of a decision. */
async function decisionsIn(
  { store }: Pick<UseCase, 'store'>,
  plan: Plan,
): Promise<readonly { readonly decidedBy: string; readonly label: string }[]> {
  const reasons = ['decided-by-person', 'linked-by-decision', 'given-back'] as const
  const accounts = new Set<string>()
  for await (const changes of pages((page) => store.plans.changes(plan.id, { reasons }, page))) {
    for (const { account } of changes) if (account !== undefined && 'id' in account) accounts.add(account.id)
  }
  if (accounts.size === 0) return []
  const found: { readonly decidedBy: string; readonly label: string }[] = []
  for await (const list of pages((page) => store.exceptions.list(plan.connection, {}, page))) {
    found.push(...list.filter(({ decision, accountId = '' }) => decision !== 'keep' && accounts.has(accountId)))
  }
  for await (const list of pages((page) => store.decisions.list(page))) {
    found.push(...list.filter(({ objectId = '' }) => accounts.has(objectId)))
  }
  return found
}

async function* pages<Item>(read: (page: PageRequest) => Promise<Slice<Item>>): AsyncGenerator<readonly Item[]> {
  let cursor: string | undefined
  do {
    const { items, next } = await read({ limit: 1000, cursor })
    yield items
    cursor = next
  } while (cursor !== undefined)
}

interface Version extends ConfigObject {
  /** Saved since the rules were last approved. */
  readonly isNew: boolean
}

/** The versions in force when rules were last approved, and all that were saved since. */
async function versionsOf({ store }: Pick<UseCase, 'store'>, plan: Plan, since: number) {
  const { history } = store.configuration
  const versions = async (kind: ConfigObject['kind'], key: string): Promise<readonly Version[]> => {
    const all = (await history(kind, key)).map((each) => ({ ...each, isNew: each.savedAt >= since }))
    const inForce = all.find(({ isNew }) => !isNew)
    return [...all.filter(({ isNew }) => isNew), ...(inForce === undefined ? [] : [inForce])]
  }
  const connection = await versions('connection', plan.connection)
  const named = (kind: 'source' | 'target') => [...new Set(connection.map(({ document }) => String(document[kind])))]
  const ends = [
    ...(await Promise.all(named('source').map((key) => versions('source', key)))),
    ...(await Promise.all(named('target').map((key) => versions('target', key)))),
  ]
  return { connection, ends: ends.flat() }
}

/**
 * When the last run began whose plan followed the rules of its time, was approved and carried out; 0 = never. A plan without
 * a change is carried out without anybody: it must not make rules old that nobody looked at.
 */
async function lastApplied({ store }: Pick<UseCase, 'store'>, run: Run): Promise<number> {
  const { items } = await store.runs.list(
    { connection: run.connection, states: ['applied', 'partial'], kinds: ['full', 'preview'] },
    { limit: runsLookedAt },
  )
  for (const { number, planId, startedAt } of items) {
    if (number >= run.number || planId === undefined) continue
    if ((await store.plans.approval(planId)) !== undefined) return startedAt
  }
  return 0
}

function asksForTwo({ document }: Version): boolean {
  const { review } = document as { readonly review?: { readonly fourEyes?: unknown } }
  return review?.fourEyes === true
}
