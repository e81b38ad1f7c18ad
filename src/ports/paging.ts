/** A page of a list in a fixed order; `next` is opaque and absent on the last page. */
export interface Slice<Item> {
  readonly items: readonly Item[]
  readonly next?: string
}

export interface PageRequest {
  readonly cursor?: string | undefined
  /** 1 to 1000. */
  readonly limit: number
}
