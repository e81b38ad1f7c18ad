export const ruleParts = ['people', 'attributes', 'groups', 'safety', 'schedule', 'document'] as const
export type RulePart = (typeof ruleParts)[number]

/** Which part of the rules is open; stands in the address. */
export function rulesSearch(given: Record<string, unknown>): { readonly part?: RulePart } {
  const part = ruleParts.find((each) => each === given.part)
  return part === undefined ? {} : { part }
}

/** Where a problem is shown. */
export function partOf([section, name]: readonly (string | number)[]): RulePart {
  if (section === 'users') return name === 'mapping' || name === 'customAttributes' ? 'attributes' : 'people'
  if (section === 'groups') return 'groups'
  if (section === 'guards' || section === 'review') return 'safety'
  return section === 'schedule' ? 'schedule' : 'document'
}
