import type { Grant } from '../../ports/sign-in.ts'
import type { OidcSettings } from '../auth-settings.ts'

/** What the groups of a person give them here; undefined when the claim is not there or is no list. */
export function grantsFrom(
  claims: Readonly<Record<string, unknown>>,
  { groupsClaim, roles: rules }: Pick<OidcSettings, 'groupsClaim' | 'roles'>,
): readonly Grant[] | undefined {
  const found = claimAt(claims, groupsClaim)
  // Some providers send a single group as text.
  const groups = typeof found === 'string' ? [found] : found
  if (!Array.isArray(groups)) return undefined
  const names = new Set(groups.filter((each) => typeof each === 'string').map(bare))
  const grants = rules
    .filter(({ group }) => names.has(bare(group)))
    .flatMap(({ roles, connections }) =>
      roles.flatMap<Grant>((role) =>
        connections === undefined ? [{ role }] : connections.map((connection) => ({ role, connection })),
      ),
    )
  return [...new Map(grants.map((grant) => [`${grant.role} ${grant.connection ?? ''}`, grant])).values()]
}

/** The claim of this very name, else what a path with dots leads to. */
export function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
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
