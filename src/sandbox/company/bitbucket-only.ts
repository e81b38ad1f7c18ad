import type { SeedGroup, TargetSeed } from '../atlassian/seed/facts.ts'
import { adminEmail } from './site.ts'

/** The same company in an organization with a workspace of Bitbucket alone: who had Jira has Bitbucket. */
export function bitbucketOnly(site: TargetSeed): TargetSeed {
  const gone = new Set(site.groups.filter(isOfAnApp).map(({ name }) => name))
  const users = `bitbucket-users-${site.siteName}`
  const admins = `bitbucket-admins-${site.siteName}`
  const seats = site.products.find(({ key }) => key === 'jira-software')?.seats ?? null
  const products = [{ key: 'bitbucket', name: 'Bitbucket', seats }]
  const groupsOf = (names: readonly string[]) =>
    names.flatMap((name) => (gone.has(name) ? (name.startsWith('jira-software-users') ? [users] : []) : [name]))
  return {
    ...site,
    products,
    projects: [],
    groups: [
      ...site.groups.filter(({ name }) => !gone.has(name)),
      {
        name: users,
        description: 'Default access to Bitbucket',
        defaultOf: 'bitbucket',
        roles: [{ product: 'bitbucket', role: 'atlassian/user' }],
      },
      {
        name: admins,
        description: 'Administers Bitbucket',
        roles: [{ product: 'bitbucket', role: 'atlassian/admin' }],
      },
    ],
    people: site.people.map((person) => ({
      ...person,
      groups: [...new Set([...groupsOf(person.groups), ...(person.email === adminEmail ? [admins] : [])])],
      roles: [],
    })),
    directories: (site.directories ?? []).map((directory) =>
      directory.site === undefined ? directory : { ...directory, site: { ...directory.site, products } },
    ),
  }
}

function isOfAnApp({ defaultOf, roles = [] }: SeedGroup): boolean {
  return defaultOf !== undefined || roles.some(({ product }) => product !== 'platform')
}
