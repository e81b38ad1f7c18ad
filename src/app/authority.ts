import { type Access, covers, type Endpoint, type Role } from '../contract/route.ts'
import { type Caller, nobody, type Principal, routes } from '../contract/routes.ts'
import { fail, type ProvisioningError } from '../domain/errors.ts'
import type { Store } from '../ports/store.ts'

/** Who may do what, for every door: the one place that decides it, from what the contract declares. */

/** All that is possible until somebody who was given a password has chosen an own one. */
const whilePasswordIsGiven: readonly Endpoint[] = [
  routes.system.me,
  routes.account.changePassword,
  routes.signIn.signOut,
]

/** Before anything about the request was read. Throws `not-allowed` for whoever may call the endpoint for no connection at all. */
export function refuseWithout(principal: Principal, endpoint: Endpoint): void {
  const { role, about } = endpoint
  if (role === 'public') return
  if (principal.session?.mustChangePassword === true && !whilePasswordIsGiven.includes(endpoint)) {
    throw fail.notAllowed('The password was given by an administrator; nothing is possible before it is changed.', {
      hint: 'Choose an own password.',
    })
  }
  if (holdsEverywhere(principal, role)) return
  if (about !== undefined && connectionsWith(principal, role).length > 0) return
  throw lacking(principal, role)
}

/** Throws `not-allowed` for whoever holds the role only on other connections than the one the request is about. */
export async function refuseElsewhere(
  store: Pick<Store, 'runs' | 'plans'>,
  principal: Principal,
  { role, about }: Endpoint,
  received: unknown,
): Promise<void> {
  if (about === undefined || about === 'connections' || holdsEverywhere(principal, role)) return
  const connection = await connectionOf(store, about, received as { params: Record<string, string> })
  // The same for what is not there, so that nothing can be learned about other connections.
  if (connection !== undefined && connectionsWith(principal, role).includes(connection)) return
  throw lacking(principal, role)
}

/** What a list about connections shows: undefined = all, else those on which the role is held. */
export function seenBy(principal: Principal, { role, about }: Endpoint): Pick<Caller, 'sees'> {
  return about !== 'connections' || holdsEverywhere(principal, role) ? {} : { sees: connectionsWith(principal, role) }
}

/** What a token may do on behalf of its owner: what both may do. */
export function commonRights(token: Principal, owner: Principal): Pick<Principal, 'roles' | 'onConnections'> {
  const onConnections: Record<string, Role[]> = {}
  const add = (connection: string, role: Role) => {
    onConnections[connection] = [...(onConnections[connection] ?? []), role]
  }
  for (const role of token.roles) {
    if (!covers(owner.roles, role)) for (const connection of connectionsWith(owner, role)) add(connection, role)
  }
  for (const [connection, held] of Object.entries(token.onConnections ?? {})) {
    for (const role of held) if (covers(rolesOn(owner, connection), role)) add(connection, role)
  }
  return { roles: token.roles.filter((role) => covers(owner.roles, role)), onConnections }
}

/** Roles by where they are held. */
export function rightsOf(
  grants: readonly { readonly role: Role; readonly connection?: string }[],
): Pick<Principal, 'roles' | 'onConnections'> {
  const onConnections: Record<string, Role[]> = {}
  for (const { role, connection } of grants) {
    if (connection !== undefined) onConnections[connection] = [...(onConnections[connection] ?? []), role]
  }
  return { roles: grants.flatMap(({ role, connection }) => (connection === undefined ? [role] : [])), onConnections }
}

async function connectionOf(
  store: Pick<Store, 'runs' | 'plans'>,
  about: 'connection' | 'run' | 'plan',
  { params }: { readonly params: Readonly<Record<string, string>> },
): Promise<string | undefined> {
  if (about === 'connection') return params.key
  if (about === 'plan') return (await store.plans.get(params.plan ?? ''))?.connection
  const name = params.run ?? ''
  return (/^\d{1,9}$/.test(name) ? await store.runs.byNumber(Number(name)) : await store.runs.get(name))?.connection
}

function rolesOn({ roles, onConnections = {} }: Principal, connection: string): readonly Role[] {
  return [...roles, ...(Object.hasOwn(onConnections, connection) ? (onConnections[connection] ?? []) : [])]
}

function holdsEverywhere(principal: Principal, access: Access): boolean {
  if (access === 'public') return true
  return access === 'signed-in' ? principal !== nobody : covers(principal.roles, access)
}

function connectionsWith({ onConnections = {} }: Principal, access: Access): readonly string[] {
  if (access === 'public' || access === 'signed-in') return []
  return Object.entries(onConnections).flatMap(([connection, held]) => (covers(held, access) ? [connection] : []))
}

function lacking({ name, roles, onConnections = {} }: Principal, role: Access): ProvisioningError {
  const held = [
    ...roles,
    ...Object.entries(onConnections).flatMap(([connection, each]) => each.map((one) => `${one} on ${connection}`)),
  ]
  return fail.notAllowed(`${name} lacks the role ${role} for this.`, {
    hint: `Roles held: ${held.slice(0, 20).join(', ') || 'none'}. An administrator can give more.`,
  })
}
