/** Query of one page of a list of the built-in directory. */
export function withCursor(cursor: string | undefined, limit: number): { limit: number; cursor?: string } {
  return { limit, ...(cursor === undefined ? {} : { cursor }) }
}
