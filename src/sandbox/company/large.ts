import { seededRandom } from '../server/patterns.ts'
import type { CompanyDirectory, CompanyGroup, CompanyMember, CompanyPerson } from './directory.ts'
import { type Culture, cities, cultures, departments, projectWords, type Spelling, titles } from './names.ts'

export interface LargeOptions {
  readonly people: number
  readonly seed?: number
  /** How many people there are for each group; 40 unless told. */
  readonly peoplePerGroup?: number
  /** Direct memberships of a person; 4.5 on average unless told. */
  readonly membershipsPerPerson?: number
  readonly mailDomain?: string
}

/**
 * A company of any size, the same for the same seed: departments hold teams (nested), sites hold everybody who works
 * there, projects take people from everywhere - a few large ones, many small.
 */
export function largeCompany(options: LargeOptions): CompanyDirectory {
  const {
    people: count,
    seed = 1,
    peoplePerGroup = 40,
    membershipsPerPerson = 4.5,
    mailDomain = 'acme.example',
  } = options
  const random = seededRandom(seed)
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)] as Item
  const groupCount = Math.max(8, Math.round(count / peoplePerGroup))
  const cityCount = Math.min(cities.length, Math.max(2, Math.floor(groupCount / 20)))
  const departmentCount = Math.min(departments.length, Math.max(2, Math.floor(groupCount / 10)))
  const teamCount = Math.max(2, Math.floor((groupCount - cityCount - departmentCount) / 2))
  const projectCount = Math.max(2, groupCount - cityCount - departmentCount - teamCount)

  const members = new Map<string, CompanyMember[]>()
  const groups: CompanyGroup[] = []
  const addGroup = (name: string, description: string): string => {
    const id = `g-${String(groups.length + 1).padStart(5, '0')}`
    const list: CompanyMember[] = []
    members.set(id, list)
    groups.push({ id, name, description, members: list })
    return id
  }
  const cityIds = cities.slice(0, cityCount).map((city) => addGroup(`site ${city}`, `Everybody who works in ${city}`))
  const departmentIds = departments
    .slice(0, departmentCount)
    .map((name) => addGroup(`dept-${name.toLowerCase()}`, `Department ${name}`))
  const teamIds = Array.from({ length: teamCount }, (_, at) => {
    const department = at % departmentCount
    const id = addGroup(
      `team-${departments[department]?.toLowerCase()}-${Math.floor(at / departmentCount) + 1}`,
      'Team',
    )
    members.get(departmentIds[department] as string)?.push({ group: id })
    return id
  })
  const projectIds = Array.from({ length: projectCount }, (_, at) => {
    const round = Math.floor(at / projectWords.length)
    return addGroup(`project-${projectWords[at % projectWords.length]}${round === 0 ? '' : `-${round + 1}`}`, 'Project')
  })

  const logins = new Map<string, number>()
  const people: CompanyPerson[] = []
  const projectsEach = Math.max(0, membershipsPerPerson - 2)
  for (let at = 0; at < count; at++) {
    const id = `u-${String(at + 1).padStart(6, '0')}`
    const culture = pickCulture(random())
    const [given, surname] = [pick(culture.given), pick(culture.surnames)]
    const login = uniqueLogin(logins, given, surname)
    const team = Math.floor(random() * teamCount)
    people.push({
      id,
      login,
      mail: `${login}@${mailDomain}`,
      givenName: given.written,
      surname: surname.written,
      displayName: culture.surnameFirst ? `${surname.written} ${given.written}` : `${given.written} ${surname.written}`,
      department: departments[team % departmentCount] ?? 'Operations',
      title: at === 0 ? 'Managing Director' : pick(titles),
      ...(at === 0
        ? {}
        : { manager: `u-${String(Math.floor(random() * Math.min(at, Math.ceil(count / 9))) + 1).padStart(6, '0')}` }),
      active: at === 0 || random() >= 0.03,
    })
    members.get(teamIds[team] as string)?.push({ user: id })
    members.get(pick(cityIds))?.push({ user: id })
    // The fraction left over is a chance, so that the average is met.
    const wanted = Math.floor(projectsEach) + (random() < projectsEach % 1 ? 1 : 0)
    const chosen = new Set<number>()
    for (let tries = 0; chosen.size < Math.min(wanted, projectCount) && tries < wanted * 20; tries++) {
      chosen.add(Math.floor(random() ** 2 * projectCount))
    }
    for (const project of chosen) members.get(projectIds[project] as string)?.push({ user: id })
  }
  return { people, groups }
}

const totalWeight = cultures.reduce((sum, culture) => sum + culture.weight, 0)

function pickCulture(random: number): Culture {
  let rest = random * totalWeight
  for (const culture of cultures) {
    rest -= culture.weight
    if (rest < 0) return culture
  }
  return cultures[0] as Culture
}

function uniqueLogin(taken: Map<string, number>, given: Spelling, surname: Spelling): string {
  const base = `${given.latin}.${surname.latin}`
  const number = (taken.get(base) ?? 0) + 1
  taken.set(base, number)
  return number === 1 ? base : `${base}${number}`
}
