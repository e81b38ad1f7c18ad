import { fold } from '../atlassian/model.ts'
import type { SeedGroup, SeedPerson, TargetSeed } from '../atlassian/seed/facts.ts'
import { seededRandom } from '../server/patterns.ts'
import { type CompanyDirectory, flattener } from './directory.ts'

/** Address of the administrator whose token the sandbox hands out. */
export const adminEmail = 'admin@acme.example'

export function products(seats: number | null): TargetSeed['products'] {
  return [
    { key: 'jira-software', name: 'Jira', seats },
    { key: 'jira-servicedesk', name: 'Jira Service Management', seats: 10 },
    { key: 'confluence', name: 'Confluence', seats },
  ]
}

/** What every site has from its first day on. */
export const builtInGroups: readonly SeedGroup[] = [
  {
    name: 'org-admins',
    description: 'Administers the organization',
    roles: [{ product: 'platform', role: 'atlassian/org-admin' }],
  },
  {
    name: 'site-admins',
    description: 'Administers the site',
    roles: [{ product: 'platform', role: 'atlassian/site-admin' }],
  },
  {
    name: 'jira-administrators-acme',
    description: 'Administers Jira',
    roles: [{ product: 'jira-software', role: 'atlassian/admin' }],
  },
  {
    name: 'jira-software-users-acme',
    description: 'Default access to Jira',
    defaultOf: 'jira-software',
    roles: [{ product: 'jira-software', role: 'atlassian/user' }],
  },
  {
    name: 'jira-servicemanagement-users-acme',
    description: 'Default access to Jira Service Management',
    defaultOf: 'jira-servicedesk',
    roles: [{ product: 'jira-servicedesk', role: 'atlassian/user' }],
  },
  {
    name: 'confluence-users-acme',
    description: 'Default access to Confluence',
    defaultOf: 'confluence',
    roles: [{ product: 'confluence', role: 'atlassian/user' }],
  },
]

/** Administrators, apps and a customer: everybody a sync has to leave alone. */
export const builtInPeople: readonly SeedPerson[] = [
  {
    email: adminEmail,
    name: 'Site Administrator',
    groups: ['org-admins', 'site-admins', 'jira-administrators-acme', 'jira-software-users-acme'],
    orgAdmin: true,
  },
  { email: 'jira-admin@acme.example', name: 'Jira Administrator', groups: ['jira-administrators-acme', 'site-admins'] },
  { email: 'viewer@acme.example', name: 'Plain User', groups: ['jira-software-users-acme'] },
  {
    email: 'sync-bot@serviceaccount.example',
    name: 'Sync Service Account',
    accountType: 'app',
    isServiceAccount: true,
    groups: ['site-admins'],
  },
  { email: 'automation@connect.example', name: 'Automation for Jira', accountType: 'app', groups: [] },
  { email: 'slack@connect.example', name: 'Slack', accountType: 'app', groups: [] },
  { email: 'customer@shop.example', name: 'A Customer', accountType: 'customer', groups: [] },
]

/** The site of a generated company: only what every site has, or what ten years of hand work leave behind. */
export function largeSite(directory: CompanyDirectory, kind: 'fresh' | 'ten-years', seed = 1): TargetSeed {
  const base = {
    orgName: 'Acme',
    siteName: 'acme',
    domains: [{ name: 'acme.example', verified: true }],
    products: products(kind === 'fresh' ? null : Math.ceil(directory.people.length * 1.2) + 50),
  }
  if (kind === 'fresh') return { ...base, groups: builtInGroups, people: builtInPeople }
  const random = seededRandom(seed + 10)
  const kept = directory.groups.filter(() => random() < 0.6)
  const everybodyIn = flattener(directory)
  const groupsOf = new Map<string, string[]>()
  for (const group of kept) {
    for (const id of everybodyIn(group.id)) {
      // One membership in ten was forgotten.
      if (random() < 0.1) continue
      const names = groupsOf.get(id)
      if (names === undefined) groupsOf.set(id, [group.name])
      else names.push(group.name)
    }
  }
  const old = Array.from(
    { length: Math.ceil(directory.groups.length / 10) },
    (_, at): SeedGroup => ({ name: `legacy-${at + 1}`, description: 'Nobody remembers' }),
  )
  const anyOld = () => (old[Math.floor(random() * old.length)] as SeedGroup).name
  const people: SeedPerson[] = []
  for (const { id, mail, displayName, active, title, department } of directory.people) {
    if (random() < 0.15) continue
    const groups = ['jira-software-users-acme', ...(groupsOf.get(id) ?? []), ...(random() < 0.1 ? [anyOld()] : [])]
    people.push({
      email: random() < 0.05 ? mail.charAt(0).toUpperCase() + mail.slice(1) : mail,
      name: displayName,
      groups: [...new Set(groups)],
      jobTitle: title,
      department,
      emailHidden: random() < 0.2,
      suspended: !active && random() < 0.5,
      deactivated: random() < 0.002,
    })
  }
  const strangers = Array.from(
    { length: Math.ceil(directory.people.length / 50) },
    (_, at): SeedPerson => ({
      email: at % 2 === 0 ? `former.colleague${at + 1}@acme.example` : `guest${at + 1}@partner.example`,
      name: at % 2 === 0 ? `Former Colleague ${at + 1}` : `Guest ${at + 1}`,
      groups: ['jira-software-users-acme', anyOld(), ...(kept[at] === undefined ? [] : [kept[at].name])],
      emailHidden: at % 4 === 1,
    }),
  )
  const taken = new Set(builtInPeople.map(({ email }) => fold(email)))
  return {
    ...base,
    groups: [
      ...builtInGroups,
      ...kept.map(({ name, description }) => ({ name, description })),
      ...old,
      { name: 'okta-everyone', description: 'Comes from another identity provider', synced: true },
    ],
    people: [...builtInPeople, ...people.filter(({ email }) => !taken.has(fold(email))), ...strangers],
  }
}
