import type { SourceUser } from '../domain/identity.ts'
import type { Link, Memory } from '../domain/memory.ts'
import { type Plan, semanticsVersion } from '../domain/plan.ts'
import { newId } from '../platform/ids.ts'
import type { Source } from '../ports/source.ts'
import type { TargetIdentity } from '../ports/target.ts'
import { collectTarget } from './collect.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { GroupLists } from './group-lists.ts'
import { askAheadAboutLeads, type LeadsAhead } from './leads.ts'
import { lookAtPart, type PartSource } from './part-source.ts'
import { lookAtAccounts, type PartTarget } from './part-target.ts'
import type { Part } from './planner/part.ts'
import { isBuiltInAdminName } from './planner/protection.ts'
import { identifiers, valueMapper } from './planner/values.ts'
import { batches, bindDirectory, draftPlan, type Planning } from './planning.ts'

/** Whom a plan is about: keys of people of the source, and of groups that are to be there. */
export interface Some {
  readonly people: readonly string[]
  readonly groups: readonly string[]
}

export interface PlanningPart extends Planning {
  readonly source: Source
  readonly some: Some
  readonly groupLists: GroupLists
  /**
   * Plans of one connection are decided and stored one after the other: each counts what those before it are about to do
   * against the limits (D18).
   */
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** From when on older plans leave these people alone: before anything was read. */
  readonly since: number
}

/** Of a group that administers at most so many members are looked at to see whether a leaver is the last one. */
const mostAdministrators = 50

/**
 * Plans for some people by the rules of a plan for everybody, from looks at them and at whoever is in their way, and
 * stores the plan. Returns, too, what only a whole run may do for them.
 */
export async function planPart(
  planning: PlanningPart,
): Promise<{ readonly plan: Plan; readonly leftOut: readonly string[] }> {
  const { store, clock, open, source, target, signal, some } = planning
  const { connection } = open
  const identity = await target.identify(signal)
  await bindDirectory(store, connection.target, identity.directoryKey)
  const { directoryKey } = identity
  const [links, partSource] = await Promise.all([
    store.directories.links(directoryKey, connection.source, { people: some.people, accounts: [] }),
    lookAtPart(open, source, some.people, clock, signal),
  ])
  const scene: Scene = {
    ...planning,
    links,
    partSource,
    partTarget: lookAtAccounts(target, directoryKey, planning.groupLists, clock, signal),
    directoryKey,
  }
  const isWholeTarget = await lookAtAll(scene)
  // Nobody waits for the target while it is their turn to decide.
  const leads = await askAheadAboutLeads(connection, leaversOf(scene), target, signal)
  return await planning.inTurn(() => decide(scene, identity, isWholeTarget, leads))
}

/** Accounts in use of people who are not there any more: nearly always they leave. */
function leaversOf({ links, partSource, partTarget }: Scene): readonly string[] {
  return links.flatMap(({ sourceKey, accountId }) =>
    partSource.users.get(sourceKey)?.active !== true && partTarget.accounts.get(accountId)?.account.state === 'active'
      ? [accountId]
      : [],
  )
}

/** Makes the plan and stores it. */
async function decide(
  scene: Scene,
  identity: TargetIdentity,
  isWholeTarget: boolean,
  leads: LeadsAhead,
): Promise<{ readonly plan: Plan; readonly leftOut: readonly string[] }> {
  const { store, clock, open, target, runId, signal, some, since, partSource, directoryKey } = scene
  const { connection } = open
  const now = () => clock.now()
  const memory = await memoryFor(scene, isWholeTarget || partSource.isWhole)
  const { source: sourceSnapshot, ...size } = await partSource.snapshot()
  const keys = new Set(sourceSnapshot.groups.map(({ key }) => key))
  const linked = memory.groupLinks.filter((link) => link.source === connection.source && keys.has(link.groupKey))
  const targetSnapshot = isWholeTarget
    ? await collectTarget(target, directoryKey, newId(now()), now, signal, () => undefined)
    : await scene.partTarget.snapshot(linked.map(({ groupId }) => groupId))
  const seen = new Set(targetSnapshot.groups.map(({ id }) => id))
  const unseen = linked.filter(({ groupId }) => !seen.has(groupId))
  const concerned = targetSnapshot.groups.flatMap(({ id, accounts }) => (accounts.length > 0 ? [id] : []))
  const part: Part = {
    people: new Set(some.people),
    groups: new Set(some.groups),
    groupSizes: await store.directories.groupSizes(directoryKey, concerned),
    ...size,
  }
  const { draft } = await draftPlan({
    ...scene,
    identity,
    sourceSnapshot,
    targetSnapshot,
    some: { part, memory, leads },
  })
  const plan: Plan = {
    id: newId(now()),
    runId,
    connection: connection.key,
    directoryKey,
    createdAt: now(),
    connectionVersion: connection.version,
    semanticsVersion,
    sourceSnapshotId: sourceSnapshot.id,
    targetSnapshotId: targetSnapshot.id,
    fingerprint: fingerprintOf(connection.version, directoryKey, draft.changes),
    guards: draft.guards,
    summary: { ...draft.summary, notices: [...draft.leftOut, ...draft.summary.notices] },
  }
  signal.throwIfAborted()
  // First, so that nothing older is sent for them from here on.
  await store.dirty.planned(connection.key, subjectsOf(scene, memory), since)
  await store.departures.save(connection.key, draft.departures, draft.returned)
  await store.decisions.end(draft.spent, 'muster')
  await store.exceptions.end(connection.key, draft.spentExceptions, 'muster')
  const asked = some.people.flatMap((key) => [`person:${connection.source}:${key}`, `lead:${connection.source}:${key}`])
  await store.workItems.reconcile(connection.key, directoryKey, draft.workItems, new Set(asked))
  await store.plans.save(plan, batches(draft.changes))
  // A group that was made a moment ago may not be shown yet: who belongs into it is not done with.
  const missing = unseen.map(({ name, groupId }) => `The linked group "${name ?? groupId}" was not seen.`)
  return { plan, leftOut: [...draft.leftOut, ...missing] }
}

interface Scene extends PlanningPart {
  /** Links of the people the plan is about. */
  readonly links: readonly Link[]
  readonly partSource: PartSource
  readonly partTarget: PartTarget
  readonly directoryKey: string
}

/** People and accounts that older plans leave alone from now on. */
function subjectsOf({ some, open }: Scene, { links }: Memory): readonly string[] {
  const accounts = linksOf(links, open.connection.source, some.people).map(({ accountId }) => `account:${accountId}`)
  return [...some.people.map((key) => `person:${key}`), ...accounts]
}

/**
 * What is remembered about everybody who was looked at. A link that was made meanwhile names an account nobody has looked at
 * yet; it must not be taken for one that is gone.
 */
async function memoryFor(scene: Scene, isWhole: boolean): Promise<Memory> {
  const { store, clock, open, some, partSource, partTarget, directoryKey } = scene
  const { key, source } = open.connection
  const asked = new Set(scene.links.map(({ accountId }) => accountId))
  const read = async () => {
    const concerned = {
      people: [...new Set([...some.people, ...partSource.users.keys()])],
      accounts: [...new Set([...asked, ...partTarget.accounts.keys()])],
    }
    return await store.directories.memory(key, source, directoryKey, clock.now(), isWhole ? undefined : concerned)
  }
  const memory = await read()
  const others = linksOf(memory.links, source, some.people).filter(({ accountId }) => !asked.has(accountId))
  const unseen = others.map(({ accountId }) => accountId).filter((id) => !partTarget.accounts.has(id))
  if (unseen.length === 0) return memory
  await partTarget.lookAt(unseen)
  return await read()
}

/** Looks at everybody who matters. True when only a read of the whole target can tell whose account is whose. */
async function lookAtAll(scene: Scene): Promise<boolean> {
  const { store, some, links, partSource, partTarget, open, target, directoryKey } = scene
  const { connection } = open
  const accountOf = new Map(links.map(({ sourceKey, accountId }) => [sourceKey, accountId]))
  const people = some.people.map((key) => ({ user: partSource.users.get(key), accountId: accountOf.get(key) }))
  const isHere = ({ user }: (typeof people)[number]) => user?.active === true
  const match = connection.users.match ?? target.defaultMatch
  const isFound = match.every((rule) => rule === 'link' || target.looksUp?.includes(rule) === true)
  if (!isFound && people.some((each) => isHere(each) && each.accountId === undefined)) return true

  await partTarget.lookAt(people.flatMap(({ accountId }) => accountId ?? []))
  const accountNow = (id: string | undefined) => partTarget.accounts.get(id ?? '')?.account
  const idsOf = identifiersOf(scene)
  const texts = new Set<string>()
  const emails = new Set<string>()
  for (const { user, accountId } of people) {
    const account = accountNow(accountId)
    if (user?.active !== true) {
      // Somebody else may be who this account is for from now on (D9).
      for (const text of [account?.email, account?.userName]) if (text !== undefined) texts.add(text)
      continue
    }
    const { email, userName } = idsOf(user)
    if (email !== undefined && email !== account?.email) emails.add(email)
    if (accountId === undefined) for (const text of [email, userName]) if (text !== undefined) texts.add(text)
  }
  const rivals = await partTarget.lookFor([...emails])
  const ofRivals =
    rivals.length === 0
      ? []
      : await store.directories.links(directoryKey, connection.source, { people: [], accounts: rivals })
  const linkedTo = ofRivals.map(({ sourceKey }) => sourceKey)
  const carried = [...partTarget.accounts.values()].flatMap(({ account }) => account.externalId ?? [])
  await partSource.alsoLookAt([...linkedTo, ...carried], [...texts])
  const leaving = people.filter((each) => !isHere(each)).flatMap(({ accountId }) => accountId ?? [])
  await lookAtAdministrators(scene, leaving)
  return false
}

/** Whoever administers beside a leaver, so that it shows whether they are the last one (P20). */
async function lookAtAdministrators(scene: Scene, leaving: readonly string[]): Promise<void> {
  const { store, partTarget, directoryKey } = scene
  if (leaving.length === 0) return
  const groups = await partTarget.groups()
  const ids = new Set(leaving.flatMap((id) => [...(partTarget.accounts.get(id)?.groupIds ?? [])]))
  for (const id of ids) {
    const group = groups.get(id)
    if (group === undefined || !(group.grantsAdmin || isBuiltInAdminName(group.name))) continue
    const members = await store.directories.members(directoryKey, id)
    await partTarget.lookAt(members.slice(0, mostAdministrators).map(({ accountId }) => accountId))
  }
}

function linksOf(links: readonly Link[], source: string, people: readonly string[]): readonly Link[] {
  const keys = new Set(people)
  return links.filter((link) => link.source === source && keys.has(link.sourceKey))
}

function identifiersOf({ open, source, partSource }: Scene): (user: SourceUser) => ReturnType<typeof identifiers> {
  const { connection } = open
  const users = [...partSource.users.values()]
  const valuesOf = valueMapper({ connection, ends: source, source: { users } })
  return (user) => identifiers(valuesOf(user))
}
