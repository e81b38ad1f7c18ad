import { type Change, type DraftChange, endsAccount } from '../../domain/change.ts'
import type { LeadRule } from '../../domain/connection.ts'
import { firstValue, foldKey } from '../../domain/identity.ts'
import type { LedKind, LedThing } from '../../domain/lead.ts'
import { type HoldReason, holdReasons } from '../../domain/reason.ts'
import type { WorkItem } from '../../domain/work-item.ts'
import type { PlanInput } from './input.ts'
import type { PeopleBook } from './people-book.ts'
import { accountLabel } from './values.ts'

/** At most this many led things are named in one sentence. */
const namesShown = 10

const ruleName = {
  project: 'users.defaultProjectLead',
  component: 'users.defaultComponentLead',
} as const satisfies Record<LedKind, string>

export interface LeadHandovers {
  readonly changes: readonly DraftChange[]
  readonly workItems: readonly WorkItem[]
}

/**
 * Ids of accounts that stop working, or lose every product, by this plan: before that somebody else must lead what they
 * lead. Whoever another connection keeps active is not among them.
 */
export function accountsLeaving(input: PlanInput, people: PeopleBook): ReadonlySet<string> {
  const leaving = new Set(people.changes.map(endingAccount).filter((id) => id !== undefined))
  for (const [account, { removesAccess }] of people.leavingOf) {
    if (removesAccess) leaving.add(input.target.accounts[account]!.id)
  }
  return leaving
}

function endingAccount({ kind, account, state }: DraftChange): string | undefined {
  return endsAccount(kind) && state !== 'blocked' ? idOf(account) : undefined
}

function idOf(account: DraftChange['account']): string | undefined {
  return account !== undefined && 'id' in account ? account.id : undefined
}

/** Whatever takes somebody's place in the target from them: these wait until their leads are handed over. */
function takesPlace(draft: DraftChange, people: PeopleBook): boolean {
  if (endingAccount(draft) !== undefined) return true
  if (draft.state === 'blocked' || (draft.kind !== 'access.revoke' && draft.kind !== 'membership.remove')) return false
  const position = people.positionOf.get(idOf(draft.account) ?? '')
  return position !== undefined && people.leavingOf.get(position)?.removesAccess === true
}

/**
 * Hands what leavers lead to the lead the rules name, before their accounts end (design 4.2). Where nobody can take over,
 * a person is asked, and the leaving goes on.
 */
export function planHandovers(input: PlanInput, people: PeopleBook, drafts: readonly DraftChange[]): LeadHandovers {
  const changes: DraftChange[] = []
  const workItems: WorkItem[] = []
  const leaving = accountsLeaving(input, people)
  if (input.leads === undefined || leaving.size === 0) return { changes, workItems }
  const successorOf = successors(input, people, leaving)
  const takenFrom = Map.groupBy(
    drafts.filter((draft) => takesPlace(draft, people)),
    ({ account }) => idOf(account) ?? '',
  )

  for (const accountId of [...leaving].sort()) {
    const position = people.positionOf.get(accountId)!
    const orphaned: LedThing[] = []
    const handovers: DraftChange[] = []
    for (const thing of input.leads.get(accountId) ?? []) {
      const to = successorOf(position, thing.kind)
      if (to === undefined) orphaned.push(thing)
      else handovers.push(handover(input, people, position, thing, to))
    }
    changes.push(...handovers)
    const waitedFor = handovers.filter(({ state }) => state !== 'blocked')
    for (const draft of waitedFor.length === 0 ? [] : (takenFrom.get(accountId) ?? [])) {
      // The draft itself: others may wait for it.
      Object.assign(draft, { waitsFor: [...(draft.waitsFor ?? []), ...waitedFor] })
    }
    if (orphaned.length > 0) workItems.push(question(input, people, position, orphaned))
  }
  if (workItems.length > 0) {
    people.notices.push(
      `${workItems.length} of the leavers lead something that nobody is set, or able, to take over; see the work items.`,
    )
  }
  return { changes, workItems }
}

/**
 * Nobody loses a lead while everything that asked for it waits for a person: the handover is held for the same reasons, and
 * goes when they are released.
 */
export function holdHandovers(changes: readonly Change[]): readonly Change[] {
  if (!changes.some(({ kind }) => kind === 'lead.handover')) return changes
  const waiting = new Map<number, Change[]>()
  for (const change of changes) {
    for (const seq of change.needs) {
      if (changes[seq - 1]!.kind !== 'lead.handover') continue
      waiting.set(seq, [...(waiting.get(seq) ?? []), change])
    }
  }
  return changes.map((change) => {
    const dependents = waiting.get(change.seq) ?? []
    const isIdle =
      change.state === 'ready' && dependents.length > 0 && dependents.every(({ state }) => state !== 'ready')
    if (!isIdle) return change
    const reasons = new Set(dependents.flatMap(({ state, stateReasons }) => (state === 'held' ? stateReasons : [])))
    return reasons.size === 0
      ? { ...change, state: 'blocked', stateReasons: ['waits-for'] }
      : { ...change, state: 'held', stateReasons: [...reasons] }
  })
}

function handover(input: PlanInput, people: PeopleBook, position: number, thing: LedThing, to: number): DraftChange {
  const actual = input.target.accounts[position]!
  const successor = input.target.accounts[to]!
  const blocked: readonly HoldReason[] = input.ends.offered.has('lead.handover') ? [] : ['not-offered']
  const { kind, id, name, project } = thing
  return {
    kind: 'lead.handover',
    account: { id: actual.id },
    accountLabel: accountLabel(actual),
    ...personOf(people, actual.id),
    lead: { kind, id, name, project, to: { id: successor.id, label: accountLabel(successor) } },
    reason: 'leaver-leads',
    rule: ruleName[thing.kind],
    state: blocked.length === 0 ? 'ready' : 'blocked',
    stateReasons: blocked,
  }
}

/** The person, as the change that ends the account names them. */
function personOf(people: PeopleBook, accountId: string): Pick<DraftChange, 'person'> {
  const ending = people.changes.find((change) => endingAccount(change) === accountId)
  return ending?.person === undefined ? {} : { person: ending.person }
}

function question(input: PlanInput, people: PeopleBook, position: number, things: readonly LedThing[]): WorkItem {
  const actual = input.target.accounts[position]!
  const names = things.map(({ kind, name }) => `${kind} ${name}`).sort()
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : ''
  const user = people.userOf[position]
  const key = user === undefined ? actual.id : input.source.users[user]!.key
  return {
    reason: 'lead-unassigned',
    subject: `lead:${input.connection.source}:${key}`,
    label: accountLabel(actual),
    message: `Leads ${names.slice(0, namesShown).join(', ')}${more} (${holdReasons['lead-unassigned']})`,
  }
}

/** Finds who takes over: an active account that is not leaving itself. */
function successors(
  input: PlanInput,
  people: PeopleBook,
  leaving: ReadonlySet<string>,
): (leaver: number, kind: LedKind) => number | undefined {
  const { users } = input.connection
  const accountNamed = accountFinder(input)
  const personNamed = personFinder(input, people)
  const fitting = (account: number | undefined): number | undefined => {
    const actual = account === undefined ? undefined : input.target.accounts[account]
    const isFit = actual?.kind === 'person' && actual.state === 'active' && !leaving.has(actual.id)
    return isFit ? account : undefined
  }
  return (leaver, kind) => {
    const rule: LeadRule | undefined = kind === 'project' ? users.defaultProjectLead : users.defaultComponentLead
    if (rule === undefined) return undefined
    const user = people.userOf[leaver]
    const given = user === undefined ? undefined : input.source.users[user]!.attributes[rule.manager ?? '']
    const manager = rule.manager === undefined ? undefined : firstValue(given)
    const byManager = manager === undefined ? undefined : fitting(personNamed(manager))
    return byManager ?? (rule.account === undefined ? undefined : fitting(accountNamed(rule.account)))
  }
}

/** An account by id, e-mail or username; none where several answer to it. */
function accountFinder({ target }: PlanInput): (name: string) => number | undefined {
  const found = new Map<string, number | undefined>()
  target.accounts.forEach(({ id, email, userName }, position) => {
    for (const name of new Set([id, email, userName].map((each) => foldKey(each ?? '')))) {
      if (name !== '') found.set(name, found.has(name) ? undefined : position)
    }
  })
  return (name) => found.get(foldKey(name))
}

const distinguishedNames = ['dn', 'entryDN', 'distinguishedName']

/** A person's account by whatever a manager is named by: key, address, login, or distinguished name where it was read. */
function personFinder({ source }: PlanInput, people: PeopleBook): (name: string) => number | undefined {
  let found: Map<string, number | undefined> | undefined
  const fold = (text: string) => foldKey(text).replace(/\s*,\s*/g, ',')
  const build = () => {
    const users = new Map<string, number | undefined>()
    source.users.forEach((user, index) => {
      const values = people.valuesOf(user)
      const names = [
        user.key,
        values.get('email') ?? '',
        values.get('userName') ?? '',
        ...distinguishedNames.map((name) => firstValue(user.attributes[name]) ?? ''),
      ]
      for (const name of new Set(names.map(fold))) {
        if (name !== '') users.set(name, users.has(name) ? undefined : index)
      }
    })
    return users
  }
  return (name) => {
    found ??= build()
    const user = found.get(fold(name))
    const account = user === undefined ? -1 : people.accountOf[user]!
    return account < 0 ? undefined : account
  }
}
