import type { SeedGroup, TargetSeed } from '../atlassian/seed/facts.ts'

/** The same company on a site without Jira: who had Jira has Confluence, and there are no projects. */
export function confluenceOnly(site: TargetSeed): TargetSeed {
  const gone = new Set(site.groups.filter(isOfJira).map(({ name }) => name))
  const users = `confluence-users-${site.siteName}`
  const kept = site.products.filter(({ key }) => key === 'confluence')
  return {
    ...site,
    products: kept,
    projects: [],
    groups: site.groups.filter(({ name }) => !gone.has(name)),
    people: site.people.map((person) => ({
      ...person,
      groups: [
        ...new Set(
          person.groups.flatMap((name) => (gone.has(name) ? (name.includes('users') ? [users] : []) : [name])),
        ),
      ],
      roles: (person.roles ?? []).filter(({ product }) => !product.startsWith('jira')),
    })),
    directories: (site.directories ?? []).map((directory) =>
      directory.site === undefined ? directory : { ...directory, site: { ...directory.site, products: kept } },
    ),
  }
}

function isOfJira({ defaultOf, roles = [] }: SeedGroup): boolean {
  return defaultOf?.startsWith('jira') === true || roles.some(({ product }) => product.startsWith('jira'))
}
