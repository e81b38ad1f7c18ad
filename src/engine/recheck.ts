import { type AccessRole, isSameAccess } from '../domain/access.ts'
import type { TargetGroup } from '../domain/account.ts'
import type { ChangeKind } from '../domain/change.ts'
import { type AttributeValue, foldKey } from '../domain/identity.ts'
import { ledKey } from '../domain/lead.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import type { AccountNow, AlsoAsked, Target } from '../ports/target.ts'
import type { Resolved } from './lessons.ts'

/** A change about to be sent, with its objects known. */
export interface Pending {
  readonly change: ChangeRecord
  readonly resolved: Resolved
  /** The account was made by this very plan: nobody else can have moved it yet. */
  readonly fresh: boolean
  /** The account as the re-check saw it, where the order depends on it. */
  readonly seen?: AccountNow
}

/** What the look at the live object says; `unfinished` is an account of ours that may lack the end of its creation. */
export type Verdict =
  | { readonly send: true; readonly seen?: AccountNow; readonly unfinished?: Resolved }
  | { readonly send: false; readonly outcome: OutcomeRecord; readonly resolved: Resolved }

/** How long a write is given to become visible, where the target does not say otherwise (D24). */
export const defaultSettleMs = 60_000

const send = { send: true } as const

/**
 * Looks at every object once, just before its writes (D19): already so is success, moved is a conflict that the next run
 * plans afresh. A change that was marked sent before a crash is looked up the same way, so it is never done twice.
 */
export async function recheck(target: Target, pending: readonly Pending[], signal: AbortSignal): Promise<Verdict[]> {
  const kind = pending[0]?.change.kind
  if (kind === 'account.create') return recheckCreations(target, pending, signal)
  if (kind === 'group.create') return recheckGroups(target, pending, signal)
  if (kind === 'lead.handover') return recheckLeads(target, pending, signal)
  const ofGroups = pending.filter(isAboutGroup)
  const groups =
    ofGroups.length === 0
      ? new Map<string, TargetGroup>()
      : await target.groupsByName(
          ofGroups.map(({ change }) => change.groupLabel ?? ''),
          signal,
        )
  const ids = new Set<string>()
  for (const { resolved, fresh, change } of pending) {
    if (resolved.accountId !== undefined && (!fresh || change.sentAt !== undefined)) ids.add(resolved.accountId)
  }
  const now = await target.accountsNow([...ids], signal, alsoFor(kind))
  return pending.map((each) => {
    if (isAboutGroup(each)) return judgeGroupAccess(each, groups.get(foldKey(each.change.groupLabel ?? '')))
    if (each.fresh && each.change.sentAt === undefined) return send
    return judge(each, now.get(each.resolved.accountId ?? ''))
  })
}

/** What a look at an account must show so that a change of this kind can be judged. */
export function alsoFor(kind: ChangeKind | undefined): readonly AlsoAsked[] {
  if (kind === 'access.grant' || kind === 'access.revoke') return ['access']
  return kind === 'custom.update' ? ['custom'] : []
}

/** Access that a group is given or loses. */
function isAboutGroup({ change, resolved }: Pending): boolean {
  return change.access !== undefined && resolved.accountId === undefined
}

/** Sent before a crash and visible now: it was us, so it counts as applied. */
function alreadySo({ change, resolved }: Pending): Verdict {
  return {
    send: false,
    resolved,
    outcome: { seq: change.seq, outcome: change.sentAt === undefined ? 'alreadyTrue' : 'applied' },
  }
}

function hasMoved({ change, resolved }: Pending, message: string): Verdict {
  return {
    send: false,
    resolved,
    outcome: { seq: change.seq, outcome: 'skipped', skipReason: 'conflict', errorCode: 'conflict', message },
  }
}

function judgeGroupAccess(each: Pending, now: TargetGroup | undefined): Verdict {
  const { change, resolved } = each
  if (now === undefined || now.id !== resolved.groupId) {
    // A group made a moment ago may not be listed yet; one that is older is gone.
    const isNew = change.group !== undefined && 'createdBy' in change.group
    return isNew ? send : hasMoved(each, 'The group no longer exists in the target.')
  }
  if (now.grantsAccess === undefined) return send
  const has = now.grantsAccess.some((access) => isSameAccess(access, change.access!))
  return has === (change.kind === 'access.grant') ? alreadySo(each) : send
}

function judge(each: Pending, now: AccountNow | undefined): Verdict {
  const { change, resolved } = each
  const already = alreadySo(each)
  const moved = (message: string) => hasMoved(each, message)
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
    case 'access.grant': {
      const has = (list: readonly AccessRole[] = []) => list.some((access) => isSameAccess(access, change.access!))
      if (has(account.access) || has(now.groupAccess)) return already
      return account.state === 'active' ? send : moved(`The account is ${account.state} now; it is given nothing.`)
    }
    case 'access.revoke': {
      const { access } = account
      return access === undefined || access.some((each) => isSameAccess(each, change.access!)) ? send : already
    }
    case 'custom.update': {
      const { custom } = account
      const isSo =
        custom !== undefined && Object.entries(change.after ?? {}).every(([id, value]) => isSame(custom[id], value))
      // Nobody else writes there: what differs from what we remember is written over, not a conflict.
      return isSo ? already : { ...send, seen: now }
    }
    case 'account.update': {
      const values: Record<string, unknown> = {
        ...account.attributes,
        email: account.email,
        userName: account.userName,
        displayName: account.displayName,
      }
      const wanted = Object.entries(change.after ?? {})
      // An attribute without a value may be told as empty, as nothing, or not at all.
      const differs = ([name, value]: [string, unknown]) => (values[name] ?? '') !== (value ?? '')
      if (!wanted.some(differs)) return already
      const changedSince = Object.entries(change.before ?? {}).find(differs)
      return changedSince === undefined
        ? send
        : moved(`${changedSince[0]} was changed in the target since the plan was made.`)
    }
    default:
      return send
  }
}

function isSame(has: AttributeValue | undefined, wanted: AttributeValue): boolean {
  return JSON.stringify(has ?? null) === JSON.stringify(wanted)
}

async function recheckLeads(target: Target, pending: readonly Pending[], signal: AbortSignal): Promise<Verdict[]> {
  const things = pending.map(({ change }) => change.lead!)
  const leads = (await target.leadsNow?.(things, signal)) ?? new Map<string, string | null>()
  return pending.map((each) => {
    const { lead } = each.change
    const now = leads.get(ledKey(lead!))
    if (now === undefined) return hasMoved(each, `The ${lead!.kind} no longer exists in the target.`)
    if (now === lead!.to.id) return alreadySo(each)
    return now === each.resolved.accountId ? send : hasMoved(each, `Somebody else leads the ${lead!.kind} now.`)
  })
}

async function recheckCreations(target: Target, pending: readonly Pending[], signal: AbortSignal): Promise<Verdict[]> {
  const emailOf = ({ change }: Pending) => (typeof change.after?.email === 'string' ? change.after.email : '')
  const emails = pending.map(emailOf).filter((email) => email !== '')
  const found = await target.accountsByEmail(emails, signal)
  const { finishes } = target.operations['account.create'] ?? {}
  return pending.map((each) => {
    const account = found.get(foldKey(emailOf(each)))
    const isOurs = account !== undefined && each.change.sentAt !== undefined
    if (isOurs && finishes === true) return { send: true, unfinished: { accountId: account.id } }
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
