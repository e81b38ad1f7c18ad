import { foldKey } from '../domain/identity.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { OutcomeRecord } from '../ports/store.ts'
import type { AccountNow, Target } from '../ports/target.ts'
import type { Resolved } from './lessons.ts'

/** A change about to be sent, with its objects known. */
export interface Pending {
  readonly change: ChangeRecord
  readonly resolved: Resolved
  /** The account was made by this very plan: nobody else can have moved it yet. */
  readonly fresh: boolean
}

/** What the look at the live object says. */
export type Verdict =
  | { readonly send: true }
  | { readonly send: false; readonly outcome: OutcomeRecord; readonly resolved: Resolved }

/** How long a write is given to become visible, where the target does not say otherwise (D24). */
export const defaultSettleMs = 60_000

const send: Verdict = { send: true }

/**
 * Looks at every object once, just before its writes (D19): already so is success, moved is a conflict that the next run
 * plans afresh. A change that was marked sent before a crash is looked up the same way, so it is never done twice.
 */
export async function recheck(target: Target, pending: readonly Pending[], signal: AbortSignal): Promise<Verdict[]> {
  const kind = pending[0]?.change.kind
  if (kind === 'account.create') return recheckCreations(target, pending, signal)
  if (kind === 'group.create') return recheckGroups(target, pending, signal)
  const ids = new Set<string>()
  for (const { resolved, fresh, change } of pending) {
    if (resolved.accountId !== undefined && (!fresh || change.sentAt !== undefined)) ids.add(resolved.accountId)
  }
  const now = await target.accountsNow([...ids], signal)
  return pending.map((each) => {
    if (each.fresh && each.change.sentAt === undefined) return send
    return judge(each, now.get(each.resolved.accountId ?? ''))
  })
}

function judge({ change, resolved }: Pending, now: AccountNow | undefined): Verdict {
  const already: Verdict = {
    send: false,
    resolved,
    // Sent before a crash and visible now: it was us, so it counts as applied.
    outcome: { seq: change.seq, outcome: change.sentAt === undefined ? 'alreadyTrue' : 'applied' },
  }
  const moved = (message: string): Verdict => ({
    send: false,
    resolved,
    outcome: { seq: change.seq, outcome: 'skipped', skipReason: 'conflict', errorCode: 'conflict', message },
  })
  if (now === undefined) {
    return change.kind === 'account.delete' ? already : moved('The account no longer exists in the target.')
  }
  const { account, groupIds } = now
  switch (change.kind) {
    case 'account.deactivate':
      return account.state === 'active' ? send : already
    case 'account.activate':
      return account.state === 'active' ? already : send
    case 'account.disable':
      return account.state === 'disabled' ? already : send
    case 'account.enable':
      return account.state === 'disabled' ? send : already
    case 'account.delete':
      return account.toBeDeleted === true ? already : send
    case 'membership.add':
      if (groupIds?.has(resolved.groupId!) === true) return already
      return account.state === 'active' ? send : moved(`The account is ${account.state} now; nobody is added to it.`)
    case 'membership.remove':
      return groupIds === undefined || groupIds.has(resolved.groupId!) ? send : already
    case 'account.update': {
      const values: Record<string, unknown> = {
        ...account.attributes,
        email: account.email,
        userName: account.userName,
        displayName: account.displayName,
      }
      const wanted = Object.entries(change.after ?? {})
      if (wanted.every(([name, value]) => values[name] === value)) return already
      const changedSince = Object.entries(change.before ?? {}).find(
        ([name, value]) => (values[name] ?? null) !== (value ?? null),
      )
      return changedSince === undefined
        ? send
        : moved(`${changedSince[0]} was changed in the target since the plan was made.`)
    }
    default:
      return send
  }
}

async function recheckCreations(target: Target, pending: readonly Pending[], signal: AbortSignal): Promise<Verdict[]> {
  const emailOf = ({ change }: Pending) => (typeof change.after?.email === 'string' ? change.after.email : '')
  const emails = pending.map(emailOf).filter((email) => email !== '')
  const found = await target.accountsByEmail(emails, signal)
  return pending.map((each) => {
    const account = found.get(foldKey(emailOf(each)))
    return creationVerdict(each, account && { accountId: account.id }, 'An account with this e-mail address')
  })
}

async function recheckGroups(target: Target, pending: readonly Pending[], signal: AbortSignal): Promise<Verdict[]> {
  const nameOf = ({ change }: Pending) => change.groupLabel ?? ''
  const found = await target.groupsByName(pending.map(nameOf), signal)
  return pending.map((each) => {
    const group = found.get(foldKey(nameOf(each)))
    return creationVerdict(each, group && { groupId: group.id }, 'A group of this name')
  })
}

/** What was sent before a crash and is there now was made by us; anything else that appeared is somebody else's. */
function creationVerdict({ change }: Pending, there: Resolved | undefined, what: string): Verdict {
  if (there === undefined) return send
  const createdId = there.accountId ?? there.groupId
  if (change.sentAt !== undefined && createdId !== undefined) {
    return { send: false, resolved: there, outcome: { seq: change.seq, outcome: 'applied', createdId } }
  }
  return {
    send: false,
    resolved: {},
    outcome: {
      seq: change.seq,
      outcome: 'skipped',
      skipReason: 'conflict',
      errorCode: 'conflict',
      message: `${what} has appeared since the plan was made; the next run decides what it is.`,
    },
  }
}
