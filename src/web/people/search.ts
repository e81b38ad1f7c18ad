export interface PeopleSearch {
  readonly person?: string
  readonly group?: string
  /** As it was after this run. */
  readonly at?: number
  /** Both sides are read and the planner is asked, instead of what is remembered. */
  readonly fresh?: true
}

/** The question as it stands in the address. */
export function peopleSearch(given: Record<string, unknown>): PeopleSearch {
  const [person, group] = [text(given.person), text(given.group)]
  const at = Number.isInteger(given.at) && Number(given.at) > 0 ? Number(given.at) : undefined
  return {
    ...(person === undefined ? {} : { person }),
    ...(group === undefined ? {} : { group }),
    ...(at === undefined ? {} : { at }),
    ...(given.fresh === true && at === undefined ? { fresh: true } : {}),
  }
}

/** Whose page it is: any of their names, as it stands in the address. */
export function personSearch(given: Record<string, unknown>): { readonly person?: string } {
  const person = text(given.person)
  return person === undefined ? {} : { person }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 300) : undefined
}
