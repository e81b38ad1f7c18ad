/** One behaviour the documents leave open, and the answers a real site might give. */
export interface VariantFacts {
  /** The first one is the default. */
  readonly values: readonly [string, string, ...string[]]
  /** Where the documents speak of it, or that they are silent. */
  readonly source: string
  readonly meaning: string
}
