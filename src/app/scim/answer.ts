import type { Json } from '../../scim/json.ts'

/** A request to one push source, freed from HTTP. */
export interface ScimRequest {
  readonly method: string
  /** Segments behind `/scim/<source>/v2`, decoded: `['Users', '01a2…']`. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  /** The parsed body; undefined when there was none. */
  readonly body?: Json | undefined
}

export interface ScimAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Whom it was about, for the log of requests. */
  readonly subject?: string | undefined
  /** What was tolerated, for the log of requests. */
  readonly notices?: readonly string[]
  /** People or groups differ from before. */
  readonly isChange?: boolean
}
