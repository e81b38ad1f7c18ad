export const workTabs = ['open', 'decided'] as const
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
}

export function workSearch(given: Record<string, unknown>): WorkSearch {
  const tab = workTabs.find((each) => each === given.tab)
  const reason = workReasons.find((each) => each === given.reason)
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(typeof given.connection === 'string' && given.connection !== ''
      ? { connection: given.connection.slice(0, 40) }
      : {}),
    ...(reason === undefined ? {} : { reason }),
  }
}
