/** The people of a made-up company as its own directory knows them, free of any protocol. */
export interface CompanyDirectory {
  readonly people: readonly CompanyPerson[]
  readonly groups: readonly CompanyGroup[]
}

export interface CompanyPerson {
  /** Immutable, e.g. `u-000017`. */
  readonly id: string
  readonly login: string
  readonly mail: string
  readonly givenName: string
  readonly surname: string
  readonly displayName: string
  readonly department: string
  readonly title: string
  /** Id of another person; absent at the top. */
  readonly manager?: string
  readonly active: boolean
}

export interface CompanyGroup {
  /** Immutable, e.g. `g-0003`. */
  readonly id: string
  readonly name: string
  readonly description: string
  /** Groups may contain groups; never in a circle. */
  readonly members: readonly CompanyMember[]
}

export type CompanyMember = { readonly user: string } | { readonly group: string }

/** Answers for any group id: its people with those of the groups inside it, by id. Made once for a directory. */
export function flattener(directory: CompanyDirectory): (groupId: string) => Set<string> {
  const groups = new Map(directory.groups.map((group) => [group.id, group]))
  return (groupId) => {
    const seen = new Set<string>()
    const people = new Set<string>()
    const open = [groupId]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue
      seen.add(id)
      for (const member of groups.get(id)?.members ?? []) {
        if ('user' in member) people.add(member.user)
        else open.push(member.group)
      }
    }
    return people
  }
}
