import type { Grant } from '../../ports/sign-in.ts'
import type { OidcSettings } from '../auth-settings.ts'

/** What the groups of a person give them here; undefined when the claim is not there or is no list. */
export function grantsFrom(
  claims: Readonly<Record<string, unknown>>,
  { groupsClaim, roles: rules }: Pick<OidcSettings, 'groupsClaim' | 'roles'>,
): readonly Grant[] | undefined {
  const groups = groupsIn(claims, groupsClaim)
  if (groups === undefined) return undefined
  const grants = rules
    .filter(({ group }) => isNamed(groups, group))
    .flatMap(({ roles, connections }) =>
      roles.flatMap<Grant>((role) =>
        connections === undefined ? [{ role }] : connections.map((connection) => ({ role, connection })),
      ),
    )
  return [...new Map(grants.map((grant) => [`${grant.role} ${grant.connection ?? ''}`, grant])).values()]
}

/** The groups that a claim names; undefined when it is not there or is no list. */
export function groupsIn(
  claims: Readonly<Record<string, unknown>>,
  groupsClaim: string,
): readonly string[] | undefined {
  const found = claimAt(claims, groupsClaim)
  // Some providers send a single group as text.
  const groups: unknown = typeof found === 'string' ? [found] : found
  return Array.isArray(groups) ? groups.filter((each) => typeof each === 'string') : undefined
}

/** Whether the group of a rule is among those of a person. */
export function isNamed(groups: readonly string[], group: string): boolean {
  return groups.some((each) => bare(each) === bare(group))
}

/** Who a person is here, by what the provider says; undefined when it does not say which groups they are in. */
export function externalUser(
  settings: Pick<OidcSettings, 'issuer' | 'userNameClaim' | 'groupsClaim' | 'roles'>,
  claims: Readonly<Record<string, unknown>> & { readonly sub: string },
) {
  const grants = grantsFrom(claims, settings)
  if (grants === undefined) return undefined
  const text = (name: string) => {
    const value = claimAt(claims, name)
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined
  }
  const { sub } = claims
  return {
    // A person is the issuer and the subject (OpenID Connect Core section 5.7); names and addresses go to others some day.
    subject: `${settings.issuer} ${sub}`,
    userName: text(settings.userNameClaim) ?? text('email') ?? sub,
    displayName: text('name'),
    grants,
  }
}

/** The claim of this very name, else what a path with dots leads to. */
function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let at: unknown = claims
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Record<string, unknown>)[part]
  }
  return at
}

/** Keycloak writes `/staff/admins` for a group with its parents, and a slash before one that has none. */
function bare(group: string): string {
  return group.replace(/^\//, '')
}
