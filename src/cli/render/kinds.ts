import type { PlanView } from '../../contract/plans.ts'
import { type ChangeKind, changeKinds, kindOrder } from '../../domain/change.ts'
import type { Colour } from '../output.ts'
import { counted, grouped, listed } from './text.ts'

/** How one kind is spoken of: a heading for its list, and its part of the sentence about the whole plan. */
interface KindWords {
  readonly heading: (count: number) => string
  /** `3 accounts created`; kinds that write nothing are counted together as taken note of. */
  readonly part?: (count: number) => string
  readonly colour: Colour
}

/** In the fixed colours of the kinds: created green, changed blue, taken away red, noted grey. */
export const kindWords: Readonly<Record<ChangeKind, KindWords>> = {
  'account.adopt': { heading: (n) => `Link ${counted(n, 'existing account')}`, colour: 'grey' },
  'group.adopt': { heading: (n) => `Manage ${counted(n, 'existing group')}`, colour: 'grey' },
  'group.link': { heading: (n) => `Remember which source group fills ${counted(n, 'group')}`, colour: 'grey' },
  'membership.adopt': { heading: (n) => `Vouch for ${counted(n, 'existing membership')}`, colour: 'grey' },
  'membership.release': { heading: (n) => `No longer vouch for ${counted(n, 'membership')}`, colour: 'grey' },
  'access.adopt': { heading: (n) => `Vouch for the access of ${counted(n, 'account')}`, colour: 'grey' },
  'access.release': { heading: (n) => `No longer vouch for the access of ${counted(n, 'account')}`, colour: 'grey' },
  'lead.handover': {
    heading: (n) => `Hand over ${counted(n, 'lead')}`,
    part: (n) => `${counted(n, 'lead')} handed over`,
    colour: 'blue',
  },
  'account.deactivate': {
    heading: (n) => `Deactivate ${counted(n, 'account')}`,
    part: (n) => `${counted(n, 'account')} deactivated`,
    colour: 'red',
  },
  'account.disable': {
    heading: (n) => `Disable ${counted(n, 'whole account')}`,
    part: (n) => `${counted(n, 'account')} disabled`,
    colour: 'red',
  },
  'account.delete': {
    heading: (n) => `Delete ${counted(n, 'account')} for good`,
    part: (n) => `${counted(n, 'account')} deleted`,
    colour: 'red',
  },
  'access.revoke': {
    heading: (n) => `Take away product access ${counted(n, 'time')}`,
    part: (n) => `product access taken away ${counted(n, 'time')}`,
    colour: 'red',
  },
  'group.create': {
    heading: (n) => `Create ${counted(n, 'group')}`,
    part: (n) => `${counted(n, 'group')} created`,
    colour: 'green',
  },
  'account.create': {
    heading: (n) => `Create ${counted(n, 'account')}`,
    part: (n) => `${counted(n, 'account')} created`,
    colour: 'green',
  },
  'account.activate': {
    heading: (n) => `Reactivate ${counted(n, 'account')}`,
    part: (n) => `${counted(n, 'account')} reactivated`,
    colour: 'green',
  },
  'account.enable': {
    heading: (n) => `Enable ${counted(n, 'whole account')} again`,
    part: (n) => `${counted(n, 'account')} enabled`,
    colour: 'green',
  },
  'account.update': {
    heading: (n) => `Update ${counted(n, 'account')}`,
    part: (n) => `${counted(n, 'account')} updated`,
    colour: 'blue',
  },
  'custom.update': {
    heading: (n) => `Update custom attributes of ${counted(n, 'account')}`,
    part: (n) => `custom attributes of ${counted(n, 'account')} updated`,
    colour: 'blue',
  },
  'access.grant': {
    heading: (n) => `Give product access ${counted(n, 'time')}`,
    part: (n) => `product access given ${counted(n, 'time')}`,
    colour: 'green',
  },
  'membership.add': {
    heading: (n) => `Add ${counted(n, 'membership')}`,
    part: (n) => `${counted(n, 'membership')} added`,
    colour: 'green',
  },
  'membership.remove': {
    heading: (n) => `Remove ${counted(n, 'membership')}`,
    part: (n) => `${counted(n, 'membership')} removed`,
    colour: 'red',
  },
  'account.release': { heading: (n) => `Let go of ${counted(n, 'account')} without a change to it`, colour: 'grey' },
}

export type Tally = PlanView['tally']

/** How many changes of each kind there are, in order of execution; kinds without any are left out. */
export function countsByKind(tally: Tally): readonly (readonly [ChangeKind, number])[] {
  return kindOrder.flatMap((kind) => {
    const count = tally.reduce((sum, row) => (row.kind === kind ? sum + row.count : sum), 0)
    return count === 0 ? [] : [[kind, count] as const]
  })
}

/** `3 accounts created, 1 group created and 5 memberships added; 12 existing things linked.` */
export function effectSentence(tally: Tally): string {
  const counts = countsByKind(tally)
  const parts = counts.flatMap(([kind, count]) => kindWords[kind].part?.(count) ?? [])
  const noted = counts.reduce((sum, [kind, count]) => (changeKinds[kind].calls ? sum : sum + count), 0)
  const last =
    noted === 0 ? [] : [`${grouped(noted)} existing ${noted === 1 ? 'thing' : 'things'} taken note of, without a write`]
  if (parts.length === 0 && last.length === 0) return emptySentence({})
  return `${[...(parts.length === 0 ? [] : [listed(parts)]), ...last].join('; ')}.`
}

/** What an empty plan says; never that all is well while something was not read or not seen. */
export function emptySentence(
  { unproven = 0, settling = 0, missing = 0 }: PlanView['summary']['read'],
  { undoOf, undoSince, kind }: Partial<Pick<PlanView['run'], 'undoOf' | 'undoSince' | 'kind'>> = {},
): string {
  if (unproven > 0) return 'Nothing to do as far as it could be read; the notices of the plan say what is missing.'
  if (missing > 0) {
    return `Nothing to do now, but ${counted(missing, 'person', 'people')} went missing with a changed read; look before the next run believes it.`
  }
  if (settling > 0) {
    return `Nothing to do now: ${counted(settling, 'recent write')} cannot be seen in the target yet. The next run looks again.`
  }
  if (undoOf !== undefined)
    return `Nothing to take back: what run ${undoOf} did is gone already, or stays for the reasons in the notices.`
  if (undoSince !== undefined) {
    return 'Nothing to take back: what was done since then is gone already, or stays for the reasons in the notices.'
  }
  if (kind === 'retire') return 'Nothing to take away: nothing that this connection granted is left to end.'
  return 'Nothing to do: the target is as it should be.'
}
