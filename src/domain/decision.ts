/** What a person can decide about something that waits. Closed list; each says what it does. */
export const decisions = {
  link: 'this is the one: remember it',
  none: 'it is none of these: treat it as new',
  recreate: 'let go of what is gone and make it anew',
  forget: 'let go of what is gone; nothing is made in its place',
  reactivate: 'reactivate the account, this once',
  'leave-suspended': 'leave it as it is, and do not ask again before somebody activated it',
  'give-back': 'give back the memberships that were taken when they left',
  'leave-taken': 'what was taken stays taken',
  take: 'this source group gets the name',
  ignore: 'leave this source group out',
} as const

export type DecisionKind = keyof typeof decisions

/** A person or group of a source. */
export interface Subject {
  readonly of: 'person' | 'group'
  readonly source: string
  readonly key: string
  /** Of a group: the name under which its link is remembered, `byName` or `byTable:<target>`. */
  readonly rule?: string
}

/** One way to answer a work item. */
export interface Choice {
  readonly decision: DecisionKind
  /** Id of the account or group it is about. */
  readonly objectId?: string
  /** What people call that. */
  readonly label?: string
}

/** Decisions that are more than a link: they are asked by every later plan until they are spent or revoked. */
export type RememberedKind = 'none' | 'forget' | 'reactivate' | 'give-back' | 'take' | 'ignore'

/**
 * A remembered answer. `none`: this account is not that person. `forget`: no account is made for that person while they
 * stay. `reactivate`: the foreign suspension of this account may be lifted, once. `give-back`: what was taken from this
 * account when the person left is given back. `take`: the source group may have the
 * name that others want too. `ignore`: the source group is left out, under one rule.
 */
export interface Decision {
  readonly id: string
  readonly subject: Subject
  readonly decision: RememberedKind
  /** The account of `none`, `reactivate` and `give-back`. */
  readonly objectId?: string
}

/** What a decision does to what we remember. */
export type DecisionEffect =
  | { readonly effect: 'link'; readonly accountId: string }
  | { readonly effect: 'unlink'; readonly accountId: string }
  | { readonly effect: 'link-group'; readonly groupId: string }
  | { readonly effect: 'unlink-group'; readonly groupId: string }
  | { readonly effect: 'leave-taken'; readonly accountId: string }
  /** An exception of the connection that asked: see `exception.ts`. */
  | { readonly effect: 'leave-suspended'; readonly accountId: string }
  | { readonly effect: 'remember'; readonly decision: RememberedKind; readonly objectId?: string }

/** What deciding does, given all that could have been chosen. Pure. */
export function effectsOf({ of }: Subject, choice: Choice, choices: readonly Choice[]): readonly DecisionEffect[] {
  const { decision, objectId = '' } = choice
  switch (decision) {
    case 'link':
      return [of === 'person' ? { effect: 'link', accountId: objectId } : { effect: 'link-group', groupId: objectId }]
    case 'none':
      return choices
        .filter((each) => each.decision === 'link' && each.objectId !== undefined)
        .map((each) => ({ effect: 'remember', decision: 'none', objectId: each.objectId! }))
    case 'recreate':
      return [letGo(of, objectId)]
    case 'forget':
      return [letGo(of, objectId), { effect: 'remember', decision: of === 'person' ? 'forget' : 'ignore' }]
    case 'leave-taken':
    case 'leave-suspended':
      return [{ effect: decision, accountId: objectId }]
    case 'give-back':
    case 'reactivate':
      return [{ effect: 'remember', decision, objectId }]
    case 'take':
    case 'ignore':
      return [{ effect: 'remember', decision }]
  }
}

function letGo(of: Subject['of'], objectId: string): DecisionEffect {
  return of === 'person' ? { effect: 'unlink', accountId: objectId } : { effect: 'unlink-group', groupId: objectId }
}
