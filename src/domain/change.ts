import type { AccessRole } from './access.ts'
import type { Attributes } from './identity.ts'
import type { Handover } from './lead.ts'
import type { HoldReason, ReasonCode } from './reason.ts'

/** Every kind of change. The word is what the screen, the API and the log say. */
export const changeKinds = {
  'account.adopt': { sign: '=', calls: false, text: 'take note that this account belongs to this person' },
  'group.adopt': { sign: '=', calls: false, text: 'manage memberships of this existing group from now on' },
  'membership.adopt': { sign: '=', calls: false, text: 'take note that the source vouches for this membership' },
  'membership.release': { sign: '=', calls: false, text: 'take note that we no longer vouch for this membership' },
  'access.adopt': { sign: '=', calls: false, text: 'take note that a rule asks for this access' },
  'access.release': { sign: '=', calls: false, text: 'take note that no rule asks for this access any more' },
  'lead.handover': { sign: '~', calls: true, text: 'hand a project or component to another lead' },
  'account.deactivate': { sign: '-', calls: true, text: 'deactivate the account (reversible)' },
  'account.disable': { sign: '-', calls: true, text: 'disable the whole account, everywhere (reversible)' },
  'account.delete': { sign: '-', calls: true, text: 'delete the account for good' },
  'access.revoke': { sign: '-', calls: true, text: 'take away access to a product' },
  'group.create': { sign: '+', calls: true, text: 'create the group' },
  'group.link': { sign: '=', calls: false, text: 'remember that this source group fills this group' },
  'account.create': { sign: '+', calls: true, text: 'create the account' },
  'account.activate': { sign: '+', calls: true, text: 'reactivate the account' },
  'account.enable': { sign: '+', calls: true, text: 'enable the whole account again' },
  'account.update': { sign: '~', calls: true, text: 'update attributes of the account' },
  'custom.update': { sign: '~', calls: true, text: 'update custom attributes of the account' },
  'access.grant': { sign: '+', calls: true, text: 'give access to a product' },
  'membership.add': { sign: '+', calls: true, text: 'add to the group' },
  'membership.remove': { sign: '-', calls: true, text: 'remove from the group' },
  'account.release': { sign: '=', calls: false, text: 'take note that we no longer vouch for this account' },
} as const

export type ChangeKind = keyof typeof changeKinds

/** The kinds that are sent to a target; a target offers a subset of them. */
export type WriteKind = {
  [Kind in ChangeKind]: (typeof changeKinds)[Kind]['calls'] extends true ? Kind : never
}[ChangeKind]

/**
 * The order in which kinds are carried out, and so the order of a plan: first what needs no call, then what takes access
 * away from people who left (a lead is handed over before, and seats become free), then what others wait for; removals
 * from groups come last, so that somebody who moves between groups never stands without both. An account that loses groups
 * in the same plan loses them at the same time and is ended after them: some targets hide the groups of a suspended account, and what cannot be seen cannot
 * be proven. What we vouch for is let go of after everything that rests on it.
 */
export const kindOrder = Object.keys(changeKinds) as readonly ChangeKind[]

/** True for kinds that take something away from somebody. */
export function takesAway(kind: ChangeKind): boolean {
  return changeKinds[kind].sign === '-'
}

/** After these an account no longer works, for a while or for good; its groups may be hidden from then on. */
export const endsOfAccounts = ['account.deactivate', 'account.disable', 'account.delete'] as const

/** True for a change after which an account no longer works. */
export function endsAccount(kind: ChangeKind): boolean {
  return (endsOfAccounts as readonly ChangeKind[]).includes(kind)
}

/** An object of the target: its id, or the change of the same plan that creates it. */
export type TargetRef = { readonly id: string } | { readonly createdBy: number }

/** What a source object is called in reasons and on screens. */
export interface SourceRef {
  readonly key: string
  readonly label: string
}

export type ItemState = 'ready' | 'held' | 'blocked'

/** `applied` without a time of verification is not proven yet; it becomes verified or `unproven` (D24). */
export const outcomes = ['applied', 'alreadyTrue', 'unproven', 'failed', 'skipped'] as const
export type Outcome = (typeof outcomes)[number]
export type SkipReason = 'conflict' | 'prerequisite' | 'cancelled' | 'stale'

/** One smallest difference between what is and what should be. */
export interface Change {
  /** Position in the plan, from 1; also the order of execution. */
  readonly seq: number
  readonly kind: ChangeKind
  /** The account concerned; absent for groups. With a lead that is handed over, the one who has it now. */
  readonly account?: TargetRef
  /** The group concerned; absent for accounts. */
  readonly group?: TargetRef
  /** The role in a product that the account, or else the group, is given or loses. */
  readonly access?: AccessRole
  /** What is led, and by whom from then on. */
  readonly lead?: Handover
  /** The person at the source whose record led here; absent for a stranger in a mapped group. */
  readonly person?: SourceRef
  /** The source group whose members led here. */
  readonly sourceGroup?: SourceRef
  /** What the person sees: login, e-mail or name of the account; name of the group. */
  readonly accountLabel?: string
  readonly groupLabel?: string
  /** Values that change, before and after; only for creations and updates. */
  readonly before?: Attributes
  readonly after?: Attributes
  readonly reason: ReasonCode
  /** The rule that asked for it: `users.create`, `groups.byTable[2]`, `users.onLeft[0]`; of an undo see `undoRule`. */
  readonly rule: string
  readonly state: ItemState
  /**
   * Why it is held or blocked. A held change lists every guard that holds it (and `waits-for` when it needs another held
   * change); it becomes ready when the last one is released. A blocked change has exactly one.
   */
  readonly stateReasons: readonly HoldReason[]
  /** `rules` = only the changed rules ask for it, the source does not differ (P4). */
  readonly cause?: 'rules'
  /** Changes that must have succeeded before this one, by seq. */
  readonly needs: readonly number[]
  /** Of a creation: memberships and access of the new account, by seq; they may be sent along with it. */
  readonly joins?: readonly number[]
}

/** Attributes by which people sign in or are found: a change of them may shut somebody out. */
export const identityAttributes = ['email', 'userName'] as const

/** True for an update of an attribute of identity. */
export function changesIdentity({ kind, after = {} }: Pick<Change, 'kind' | 'after'>): boolean {
  return kind === 'account.update' && identityAttributes.some((name) => name in after)
}

/** A change before the planner numbered it and the guards judged it. */
export type DraftChange = Omit<Change, 'seq' | 'needs' | 'joins' | 'account' | 'group'> & {
  readonly account?: DraftRef
  readonly group?: DraftRef
  /** Carried out among the changes of this kind instead of its own, e.g. a removal that makes a seat free. */
  among?: ChangeKind
  /** Other drafts that must succeed first, beside those that create its objects. */
  readonly waitsFor?: readonly DraftChange[]
}

/** In a draft an object that does not exist yet is named by the draft that creates it. */
export type DraftRef = { readonly id: string } | { readonly created: DraftChange }

/** The rule of a change that takes back what a run did; `grantedBy` = the rule under which a membership is vouched for again. */
export function undoRule(runNumber: number, grantedBy?: string): string {
  return `undo of run ${runNumber}${grantedBy === undefined ? '' : `, ${grantedBy}`}`
}

/** The rule by which the ledger keeps a membership; undefined when an undo gives back one that we never vouched for. */
export function grantRuleOf({ reason, rule }: Pick<Change, 'reason' | 'rule'>): string | undefined {
  if (reason !== 'undo-of-run') return rule
  const at = rule.indexOf(', ')
  return at < 0 ? undefined : rule.slice(at + 2)
}
