export interface PeopleSearch {
  readonly person?: string
  readonly group?: string
}

/** The question as it stands in the address. */
export function peopleSearch(given: Record<string, unknown>): PeopleSearch {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value.slice(0, 300) : undefined)
  const [person, group] = [text(given.person), text(given.group)]
  return { ...(person === undefined ? {} : { person }), ...(group === undefined ? {} : { group }) }
}
