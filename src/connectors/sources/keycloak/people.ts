import type { Attributes, SourceUser } from '../../../domain/identity.ts'
import type { Person } from './server.ts'

/** Never shown and never mapped. */
const leftOut = /(password|passwd|secret|token|otp)$/i

/** Accounts of clients are not people. */
export function isServiceAccount({ serviceAccountClientId, username }: Person): boolean {
  return serviceAccountClientId !== undefined && serviceAccountClientId !== null
    ? true
    : username?.startsWith('service-account-') === true
}

/** A person of Keycloak; attributes of the realm stand beside the built-in ones, which win where names are the same. */
export function asUser({ id, enabled, attributes, ...told }: Person): SourceUser {
  const own: Record<string, string | readonly string[]> = {}
  for (const [name, values] of Object.entries(attributes ?? {})) {
    const filled = values.filter((value) => value !== null && value !== '') as string[]
    const [only] = filled
    if (only !== undefined && !leftOut.test(name)) own[name] = filled.length === 1 ? only : filled
  }
  const builtIn: Attributes = {
    id,
    ...texts({ username: told.username, email: told.email, firstName: told.firstName, lastName: told.lastName }),
    ...(typeof told.emailVerified === 'boolean' ? { emailVerified: String(told.emailVerified) } : {}),
    ...texts({ federationLink: told.federationLink }),
  }
  // What is not said is not a reason to take anything away.
  return { key: id, active: enabled !== false, attributes: { ...own, ...builtIn } }
}

function texts(values: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    ),
  )
}
