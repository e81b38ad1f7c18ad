import type { RealmFile } from './keycloak.ts'

/** Clients of such a realm with the secret they share: one that may read, one that may only search, one without rights. */
export const realmSecret = 'realm-sesame-4711'

export interface RealmSize {
  readonly people: number
  /** In all; one in ten stands at the top, the others below one of the groups before them. */
  readonly groups: number
}

export interface NestedGroup {
  readonly path: readonly string[]
  /** Positions of the people who are put into it. */
  readonly people: readonly number[]
}

export const loginOf = (at: number) => `person${String(at).padStart(5, '0')}`

/** Groups ten wide at most and a few levels deep; everybody is in two of them. */
export function nestedGroups({ people, groups }: RealmSize): readonly NestedGroup[] {
  const paths: (readonly string[])[] = []
  for (let at = 0; at < groups; at += 1) {
    const parent = at < Math.ceil(groups / 10) ? [] : (paths[Math.floor(at / 10)] ?? [])
    paths.push([...parent, `group ${at}`])
  }
  return paths.map((path, at) => ({
    path,
    people: Array.from({ length: people }, (_, person) => person).filter(
      (person) => person % groups === at || (person * 7 + 3) % groups === at,
    ),
  }))
}

/** A realm with people who have attributes (every twentieth is disabled), nested groups, and clients that read it. */
export function companyRealm(name: string, size: RealmSize): RealmFile {
  const groups = nestedGroups(size)
  const pathsOf = new Map<number, string[]>()
  for (const { path, people } of groups) {
    for (const at of people) pathsOf.set(at, [...(pathsOf.get(at) ?? []), `/${path.join('/')}`])
  }
  const users = Array.from({ length: size.people }, (_, at) => ({
    username: loginOf(at),
    enabled: at % 20 !== 19,
    email: `${loginOf(at)}@example.test`,
    firstName: 'Pat',
    lastName: `Example ${at}`,
    attributes: { department: [at % 2 === 0 ? 'Sales' : 'Research'], phones: ['1', String(at)] },
    groups: pathsOf.get(at) ?? [],
  }))
  return {
    realm: name,
    enabled: true,
    sslRequired: 'none',
    groups: tree(groups, []),
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        { providerId: 'declarative-user-profile', config: { 'kc.user.profile.config': [profile] } },
      ],
    },
    clients: ['reader', 'searcher', 'stranger'].map((clientId) => ({
      clientId,
      secret: realmSecret,
      serviceAccountsEnabled: true,
      standardFlowEnabled: false,
    })),
    users: [
      ...users,
      ...Object.entries({
        reader: ['view-users', 'query-users', 'query-groups'],
        searcher: ['query-users', 'query-groups'],
      }).map(([clientId, roles]) => ({
        username: `service-account-${clientId}`,
        enabled: true,
        serviceAccountClientId: clientId,
        clientRoles: { 'realm-management': roles },
      })),
    ],
  }
}

/** Since Keycloak 24 attributes that the profile does not name are hidden unless the realm allows them. */
const profile = JSON.stringify({
  unmanagedAttributePolicy: 'ENABLED',
  attributes: ['username', 'email', 'firstName', 'lastName'].map((name) => ({
    name,
    permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
  })),
})

function tree(groups: readonly NestedGroup[], above: readonly string[]): object[] {
  const isBelow = ({ path }: NestedGroup) =>
    path.length === above.length + 1 && above.every((part, at) => path[at] === part)
  return groups.filter(isBelow).map(({ path }) => ({ name: path.at(-1), subGroups: tree(groups, path) }))
}
