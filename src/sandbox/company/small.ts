import type { TargetSeed } from '../atlassian/seed/facts.ts'
import type { SeedProject } from '../atlassian/seed/projects.ts'
import type { CompanyDirectory, CompanyGroup, CompanyPerson } from './directory.ts'
import { builtInGroups, builtInPeople, products } from './site.ts'

type Row = readonly [
  id: number,
  login: string,
  given: string,
  surname: string,
  department: string,
  title: string,
  manager?: number,
]

/** Two dozen people one can keep in mind. */
const staff: readonly Row[] = [
  [1, 'margit.lindqvist', 'Margit', 'Lindqvist', 'Management', 'Managing Director'],
  [2, 'tomas.dvorak', 'Tomáš', 'Dvořák', 'Engineering', 'Head of Engineering', 1],
  [3, 'aoife.obrien', 'Aoife', "O'Brien", 'Engineering', 'Senior Engineer', 2],
  [4, 'juergen.weiss', 'Jürgen', 'Weiß', 'Engineering', 'Engineer', 2],
  [5, 'hina.sato', '陽菜', '佐藤', 'Engineering', 'Engineer', 2],
  [6, 'noemie.lefevre', 'Noémie', 'Lefèvre', 'Engineering', 'Engineer', 2],
  [7, 'olga.shevchenko', 'Ольга', 'Шевченко', 'Engineering', 'Engineer', 2],
  [8, 'samuel.knight', 'Samuel', 'Knight', 'Quality', 'Test Lead', 2],
  [9, 'begona.munoz', 'Begoña', 'Muñoz', 'Quality', 'Test Engineer', 8],
  [10, 'lukasz.kowalczyk', 'Łukasz', 'Kowalczyk', 'Operations', 'Head of Operations', 1],
  [11, 'ayse.ozturk', 'Ayşe', 'Öztürk', 'Operations', 'Administrator', 10],
  [12, 'henry.palmer', 'Henry', 'Palmer', 'Operations', 'Administrator', 10],
  [13, 'eleni.nikolaou', 'Ελένη', 'Νικολάου', 'Support', 'Support Lead', 10],
  [14, 'ruby.hughes', 'Ruby', 'Hughes', 'Support', 'Support Agent', 13],
  [15, 'goncalo.araujo', 'Gonçalo', 'Araújo', 'Support', 'Support Agent', 13],
  [16, 'linnea.angstrom', 'Linnéa', 'Ångström', 'Sales', 'Head of Sales', 1],
  [17, 'george.smithjones', 'George', 'Smith-Jones', 'Sales', 'Account Manager', 16],
  [18, 'ananya.sharma', 'अनन्या', 'शर्मा', 'Sales', 'Account Manager', 16],
  [19, 'chloe.darcy', 'Chloë', "D'Arcy", 'Finance', 'Accountant', 1],
  [20, 'yousef.haddad', 'يوسف', 'حداد', 'Finance', 'Controller', 1],
  // Married; the site still knows the address and name of before.
  [21, 'johanna.winkler', 'Johanna', 'Winkler', 'Sales', 'Account Manager', 16],
  [22, 'thao.nguyen', 'Thảo', 'Nguyễn', 'Engineering', 'Engineer', 2],
]

const leaver: Row = [23, 'peter.lawson', 'Peter', 'Lawson', 'Support', 'Support Agent', 13]
const contractor: Row = [24, 'ines.castano', 'Inès', 'Castaño', 'Engineering', 'Contractor', 2]

/** A handful of people: nested groups, a leaver, a rename, an administrator, a contractor. */
export function smallCompany(): CompanyDirectory {
  const people: CompanyPerson[] = [
    ...staff.map((row) => person(row, 'acme.example', true)),
    person(leaver, 'acme.example', false),
    person(contractor, 'freelance.example', true),
  ]
  const groups: CompanyGroup[] = [
    group(1, 'developers', 'Writes the code', [2, 3, 4, 5, 6, 7, 22, 24]),
    group(2, 'quality', 'Tests the code', [8, 9]),
    group(3, 'engineering', 'Developers and quality', [2], [1, 2]),
    group(4, 'operations', 'Keeps things running', [10, 11, 12]),
    group(5, 'support', 'Answers customers', [13, 14, 15, 23]),
    group(6, 'sales', 'Sells', [16, 17, 18, 21]),
    group(7, 'finance', 'Pays', [19, 20]),
    group(8, 'employees', 'Everybody with a contract', [1], [3, 4, 5, 6, 7]),
    group(9, 'contractors', 'People of other companies', [24]),
    group(10, 'Jira Admins', 'Administers Jira', [11]),
  ]
  return { people, groups }
}

/** The site of the same company after ten years: half of it done by hand, some of it forgotten. */
export function smallSite(kind: 'fresh' | 'ten-years'): TargetSeed {
  const base = {
    orgName: 'Acme',
    siteName: 'acme',
    domains: [
      { name: 'acme.example', verified: true },
      { name: 'acme-labs.example', verified: false },
    ],
    products: products(50),
  }
  if (kind === 'fresh') return { ...base, groups: builtInGroups, people: builtInPeople }
  const users = ['jira-software-users-acme']
  const inUse = (row: number, groups: readonly string[], more: object = {}) => {
    const { mail, displayName, title, department } = person(staff[row - 1] as Row, 'acme.example', true)
    return { email: mail, name: displayName, groups: [...users, ...groups], jobTitle: title, department, ...more }
  }
  return {
    ...base,
    projects: smallProjects,
    groups: [
      ...builtInGroups,
      { name: 'developers', description: 'Made by hand in 2016' },
      { name: 'Support', description: 'Written with a capital letter here' },
      { name: 'old-project-x', description: 'Nobody remembers' },
      { name: 'okta-everyone', description: 'Comes from another identity provider', synced: true },
    ],
    people: [
      ...builtInPeople,
      inUse(1, []),
      inUse(2, ['developers', 'jira-administrators-acme']),
      inUse(3, ['developers']),
      inUse(4, ['developers', 'old-project-x']),
      inUse(8, []),
      inUse(11, ['jira-administrators-acme', 'site-admins']),
      inUse(13, ['Support']),
      inUse(14, ['Support'], { email: 'Ruby.Hughes@acme.example' }),
      inUse(16, []),
      inUse(19, [], { suspended: true }),
      inUse(20, [], { deactivated: true }),
      inUse(12, ['okta-everyone'], { synced: true }),
      {
        email: 'johanna.brandt@acme.example',
        name: 'Johanna Brandt',
        groups: users,
        jobTitle: 'Account Manager',
        department: 'Sales',
      },
      { email: 'peter.lawson@acme.example', name: 'Peter Lawson', groups: [...users, 'Support', 'old-project-x'] },
      // Left the company years ago; the directory has forgotten them.
      { email: 'wilma.stone@acme.example', name: 'Wilma Stone', groups: [...users, 'developers'] },
      // Not one of us, invited by hand: never ours to touch.
      { email: 'auditor@audit-partner.example', name: 'Rasmus Kjær', groups: ['developers'], emailHidden: true },
      { email: 'ines.castano@freelance.example', name: 'Inès Castaño', groups: [], emailHidden: true },
      // Has an Atlassian account elsewhere already.
      { email: 'yuki.takahashi@acme-labs.example', name: '高橋 雪', groups: [], outside: true },
    ],
  }
}

/** Led by people who are there to stay. */
const smallProjects: readonly SeedProject[] = [
  {
    key: 'WEB',
    name: 'Website',
    lead: 'tomas.dvorak@acme.example',
    assigneeType: 'PROJECT_LEAD',
    components: [
      { name: 'Backend', lead: 'tomas.dvorak@acme.example' },
      { name: 'Frontend', lead: 'aoife.obrien@acme.example', assigneeType: 'COMPONENT_LEAD' },
      { name: 'Imprint' },
    ],
  },
  { key: 'NEWS', name: 'Newsroom', lead: 'margit.lindqvist@acme.example', typeKey: 'business', isPublic: true },
  {
    key: 'OLD',
    name: 'Forgotten tracker',
    lead: 'ayse.ozturk@acme.example',
    status: 'archived',
  },
]

function person(
  [id, login, givenName, surname, department, title, manager]: Row,
  domain: string,
  active: boolean,
): CompanyPerson {
  const isFamilyNameFirst = login === 'hina.sato'
  return {
    id: userId(id),
    login,
    mail: `${login}@${domain}`,
    givenName,
    surname,
    displayName: isFamilyNameFirst ? `${surname} ${givenName}` : `${givenName} ${surname}`,
    department,
    title,
    ...(manager === undefined ? {} : { manager: userId(manager) }),
    active,
  }
}

function group(
  id: number,
  name: string,
  description: string,
  users: readonly number[],
  groups: readonly number[] = [],
): CompanyGroup {
  const members = [
    ...users.map((user) => ({ user: userId(user) })),
    ...groups.map((inner) => ({ group: groupId(inner) })),
  ]
  return { id: groupId(id), name, description, members }
}

function userId(number: number): string {
  return `u-${String(number).padStart(6, '0')}`
}

function groupId(number: number): string {
  return `g-${String(number).padStart(5, '0')}`
}
