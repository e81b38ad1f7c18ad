export interface GroupsSearch {
  readonly target?: string
  readonly text?: string
  readonly group?: string
  readonly at?: string
}

/** Target, search, chosen group and day as they stand in the address. */
export function groupsSearch(given: Record<string, unknown>): GroupsSearch {
  const found: Record<string, string> = {}
  for (const name of ['target', 'text', 'group', 'at']) {
    const value = given[name]
    if (typeof value === 'string' && value !== '') found[name] = value.slice(0, 300)
  }
  return found
}
