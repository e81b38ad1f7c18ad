import type { TargetSeed } from '../../src/sandbox/atlassian/seed/facts.ts'
import { type Company, makeCompany } from '../../src/sandbox/company/company.ts'
import { type CompanyDirectory, flattener } from '../../src/sandbox/company/directory.ts'

/** A company of so many people, a tenth as many groups and ten memberships a person, whose site has everything it should. */
export function settledCompany(people: number): Company {
  const { directory, target } = makeCompany(people, { seed: 1, peoplePerGroup: 10, membershipsPerPerson: 9 })
  return { directory, target: settledSite(directory, target) }
}

function settledSite({ people, groups }: CompanyDirectory, fresh: TargetSeed): TargetSeed {
  const everybodyIn = flattener({ people, groups })
  const groupsOf = new Map<string, string[]>(people.map(({ id }) => [id, ['jira-software-users-acme']]))
  for (const { id, name } of groups) for (const person of everybodyIn(id)) groupsOf.get(person)?.push(name)
  return {
    ...fresh,
    groups: [...fresh.groups, ...groups.map(({ name, description }) => ({ name, description }))],
    people: [
      ...fresh.people,
      ...people.map(({ id, mail, displayName, active, title, department }) => ({
        email: mail,
        name: displayName,
        groups: active ? (groupsOf.get(id) ?? []) : [],
        suspended: !active,
        jobTitle: title,
        department,
      })),
    ],
  }
}

/** The same company a day later: one in a hundred people has left or changed a group, in turn. */
export function dayLater({ people, groups }: CompanyDirectory): CompanyDirectory {
  const chosen = new Set(people.filter(({ active }, at) => active && at % 100 === 50).map(({ id }) => id))
  const leavers = new Set([...chosen].filter((_, at) => at % 10 === 0))
  return {
    people: people.map((person) => (leavers.has(person.id) ? { ...person, active: false } : person)),
    groups: groups.map((group, at) => {
      // Everybody chosen leaves the groups of one part of the list, and one more person joins each group of another part.
      if (at % 4 === 0) {
        return { ...group, members: group.members.filter((member) => !('user' in member) || !chosen.has(member.user)) }
      }
      const joins = people[(at * 37) % people.length]
      return at % 40 !== 1 ||
        joins === undefined ||
        group.members.some((each) => 'user' in each && each.user === joins.id)
        ? group
        : { ...group, members: [...group.members, { user: joins.id }] }
    }),
  }
}

/** The same company with so many more groups that hold everybody. */
export function withWideGroups({ people, groups }: CompanyDirectory, count: number): CompanyDirectory {
  const members = people.map(({ id }) => ({ user: id }))
  const wide = Array.from({ length: count }, (_, at) => ({
    id: `wide-${at}`,
    name: `wide ${at}`,
    description: 'Everybody',
    members,
  }))
  return { people, groups: [...groups, ...wide] }
}
