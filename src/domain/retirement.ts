/** What a retirement may do to accounts. Deleting is not among them: what cannot be taken back is no part of a clean-up. */
export const retirementActions = ['nothing', 'deactivate', 'disable-account'] as const

/** How a connection is taken out of use together with what it granted (D4). */
export interface RetirementChoice {
  /** For accounts that this connection made and nobody else vouches for. */
  readonly accounts: (typeof retirementActions)[number]
  /** Also what existed before the connection and was only taken note of (D3). */
  readonly adopted: boolean
}

/** The rule of changes to accounts, which no rule of the connection asks for. */
export const retirementRule = 'retirement'
