import { z } from 'zod'

/** What a token of Keycloak says about its own rights (roles of clients, composites expanded). */
const claims = z.object({
  resource_access: z.record(z.string(), z.object({ roles: z.array(z.string()).default([]) })).optional(),
})

/** Roles that let a client read people; the first contains none of the others. */
const peopleRoles = ['view-users', 'manage-users', 'realm-admin', 'admin']

/**
 * The roles of realm management in a token, for one realm; undefined where the token tells none (lightweight tokens of
 * Keycloak 24 and newer, or a token that cannot be read).
 */
export function managementRoles(token: string, realm: string): readonly string[] | undefined {
  const [, payload = ''] = token.split('.')
  try {
    const told = claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    const access = told.data?.resource_access
    if (access === undefined) return undefined
    return (access['realm-management'] ?? access[`${realm}-realm`])?.roles ?? []
  } catch {
    // A token is opaque to its bearer (RFC 6749 section 1.4); reading it only makes messages better.
    return undefined
  }
}

export function mayReadPeople(roles: readonly string[]): boolean {
  return peopleRoles.some((role) => roles.includes(role))
}
