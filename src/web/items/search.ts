export const workTabs = ['open', 'unmanaged', 'orphaned', 'decided'] as const
export type WorkTab = (typeof workTabs)[number]

/** What the questions of the planner are about; the order in which they are offered as a filter. */
export const workReasons = [
  'correlation-ambiguous',
  'correlation-needs-person',
  'rehire',
  'account-gone',
  'suspended-outside',
  'memberships-taken',
  'duplicate-email',
  'group-name-conflict',
  'group-gone-in-target',
  'group-name-invalid',
  'group-protected',
] as const
export type WorkReason = (typeof workReasons)[number]

/** Which list is open, of which connection, about what; stands in the address. */
export interface WorkSearch {
  readonly tab?: WorkTab
  readonly connection?: string
  readonly reason?: WorkReason
  /** Part of the name of an account. */
  readonly text?: string
}

export function workSearch(given: Record<string, unknown>): WorkSearch {
  const tab = workTabs.find((each) => each === given.tab)
  const reason = workReasons.find((each) => each === given.reason)
  return {
    ...(tab === undefined ? {} : { tab }),
    ...textOf('connection', given.connection, 40),
    ...(reason === undefined ? {} : { reason }),
    ...textOf('text', given.text, 200),
  }
}

function textOf<Name extends string>(name: Name, value: unknown, most: number): { readonly [Key in Name]?: string } {
  return typeof value === 'string' && value !== '' ? ({ [name]: value.slice(0, most) } as Record<Name, string>) : {}
}
