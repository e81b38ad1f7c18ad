import type { SeedGroup, SeedPerson, TargetSeed } from '../atlassian/seed/facts.ts'
import type { SeedProject } from '../atlassian/seed/projects.ts'
import { seededRandom } from '../server/patterns.ts'
import { builtInPeople } from './site.ts'

/** What a site has more, or has otherwise, than the company gives it. Everything is optional; shares are in percent. */
export interface SiteShape {
  /** Seats of every app but Jira Service Management; null = no limit. */
  readonly seats?: number | null
  /** Share of the people who have Confluence by its default group. */
  readonly confluencePercent?: number
  /** Share of the people whose access to Jira is given to themselves, not by the default group. */
  readonly directAccessPercent?: number
  /** Projects with up to three components each, led by people of the site. */
  readonly projects?: number
  /** People of the directory's leavers lead some of them: the first so many projects. */
  readonly ledByLeavers?: number
  /** Guests of Confluence, of another mail domain. */
  readonly guests?: number
  /** Customers of a help desk: in no directory of the organization. */
  readonly customers?: number
  /** Apps beside the few every site has. */
  readonly apps?: number
  /** Groups that people keep themselves. */
  readonly teams?: number
  /** Directories of the organization in all, each with a site of its own. */
  readonly directories?: number
  /** Share of the people who are in the second directory instead of the first. */
  readonly elsewherePercent?: number
  /** Organizations in all; the others have a domain and a few people each. */
  readonly organizations?: number
  /** Mail domains beside those of the company. */
  readonly domains?: TargetSeed['domains']
  /** Share of the people whose address is hidden. */
  readonly hiddenPercent?: number
  /** Share of the people an identity provider keeps. */
  readonly syncedPercent?: number
}

/** The same site with the shape; the same arguments give the same one. Built-in people stay as they are. */
export function shapeSite(site: TargetSeed, shape: SiteShape, leavers: readonly string[] = [], seed = 1): TargetSeed {
  const random = seededRandom(seed + 20)
  const chance = (percent = 0) => percent > 0 && random() * 100 < percent
  const second = 'Directory 2'
  const people = site.people.map((person): SeedPerson => {
    if (isBuiltIn(person)) return person
    const isElsewhere = (shape.directories ?? 1) > 1 && chance(shape.elsewherePercent)
    const byDefault = `jira-software-users-${site.siteName}`
    const isDirect = person.groups.includes(byDefault) && chance(shape.directAccessPercent)
    const groups = [
      ...person.groups.filter((name) => !isDirect || name !== byDefault),
      ...(chance(shape.confluencePercent) ? [`confluence-users-${site.siteName}`] : []),
    ]
    return {
      ...person,
      groups,
      ...(isDirect && !isElsewhere ? { roles: [{ product: 'jira-software', role: 'atlassian/user' }] } : {}),
      ...(chance(shape.hiddenPercent) ? { emailHidden: true } : {}),
      ...(chance(shape.syncedPercent) ? { synced: true } : {}),
      ...(isElsewhere ? { directories: [second], groups: [] } : {}),
    }
  })
  return {
    ...site,
    products: site.products.map((product) =>
      shape.seats === undefined || product.key === 'jira-servicedesk' ? product : { ...product, seats: shape.seats },
    ),
    domains: [...site.domains, ...(shape.domains ?? [])],
    groups: [...site.groups, ...many(shape.teams, teamNumber)],
    people: [
      ...people,
      ...many(shape.guests, guestNumber),
      ...many(shape.customers, customerNumber),
      ...many(shape.apps, appNumber),
      ...many((shape.organizations ?? 1) - 1, (at) => colleagueElsewhere(at)),
    ],
    projects: [...(site.projects ?? []), ...projectsOf(site, shape, leavers, random)],
    directories: [
      ...(site.directories ?? []),
      ...many((shape.directories ?? 1) - 1, (at) => ({
        name: `Directory ${at + 1}`,
        site: { name: `${site.siteName}-${at + 1}`, products: site.products },
      })),
    ],
    ...((shape.organizations ?? 1) > 1
      ? {
          organizations: many((shape.organizations ?? 1) - 1, (at) => ({
            name: `Globex ${at}`,
            domains: [{ name: `globex${at}.example`, verified: true }],
            directories: [{ name: 'Primary Directory' }],
          })),
        }
      : {}),
  }
}

/** Numbers from 1; nothing for a count that is absent or not positive. */
function many<Item>(count: number | undefined, make: (number: number) => Item): Item[] {
  return Array.from({ length: Math.max(0, count ?? 0) }, (_, at) => make(at + 1))
}

const builtIn: ReadonlySet<string> = new Set(builtInPeople.map(({ email }) => email))

function isBuiltIn({ email, outside }: SeedPerson): boolean {
  return outside === true || builtIn.has(email)
}

function projectsOf(
  site: TargetSeed,
  { projects = 0, ledByLeavers = 0 }: SiteShape,
  leavers: readonly string[],
  random: () => number,
): SeedProject[] {
  const users = site.people
    .filter((person) => person.groups.includes(`jira-software-users-${site.siteName}`))
    .filter((person) => !person.suspended && !person.deactivated)
    .map(({ email }) => email)
  const known = new Set(users.map((email) => email.toLowerCase()))
  const leaving = leavers.filter((email) => known.has(email.toLowerCase()))
  const anybody = () => users[Math.floor(random() * users.length)] as string
  if (projects > 0 && users.length === 0) throw new Error('Nobody on the site could lead a project')
  return many(projects, (at): SeedProject => {
    const lead = at <= ledByLeavers && leaving.length > 0 ? (leaving[(at - 1) % leaving.length] as string) : anybody()
    return {
      key: `P${String(at).padStart(4, '0')}`,
      name: `Project ${at}`,
      lead,
      assigneeType: random() < 0.7 ? 'PROJECT_LEAD' : 'UNASSIGNED',
      status: random() < 0.1 ? 'archived' : 'live',
      components: many(Math.floor(random() * 4), (number) => ({
        name: `Part ${number}`,
        ...(random() < 0.7 ? { lead: anybody(), assigneeType: 'COMPONENT_LEAD' as const } : {}),
      })),
    }
  })
}

function guestNumber(number: number): SeedPerson {
  return {
    email: `visitor${number}@guests.example`,
    name: `Visitor ${number}`,
    groups: [],
    roles: [{ product: 'confluence', role: 'atlassian/guest' }],
    emailHidden: number % 2 === 0,
  }
}

function customerNumber(number: number): SeedPerson {
  return { email: `buyer${number}@shop.example`, name: `Buyer ${number}`, accountType: 'customer', groups: [] }
}

function appNumber(number: number): SeedPerson {
  return { email: `app${number}@connect.example`, name: `App ${number}`, accountType: 'app', groups: [] }
}

function teamNumber(number: number): SeedGroup {
  return { name: `team ${number}`, managedBy: number % 2 === 0 ? 'open' : 'team-members' }
}

function colleagueElsewhere(number: number): SeedPerson {
  return {
    email: `hank@globex${number}.example`,
    name: `Hank of Globex ${number}`,
    groups: [],
    directories: [`Globex ${number}/Primary Directory`],
  }
}
