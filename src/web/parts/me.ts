import { useQuery } from '@tanstack/react-query'
import { covers, type Role } from '../../contract/route.ts'
import type { MeView } from '../../contract/system.ts'
import { api } from '../api.ts'
import { holdCsrfToken } from '../session.ts'

/** Takes note of who signed in, so that what is sent from now on is believed. */
export function signedIn(me: MeView): MeView {
  holdCsrfToken(me.session?.csrfToken)
  return me
}

/** Who is signed in; fails with `unauthenticated` when nobody is. */
export const meQuery = {
  queryKey: ['me'],
  queryFn: async () => signedIn(await api.system.me()),
  staleTime: 60_000,
  retry: false,
} as const

/** Whether this person holds the role: everywhere, or at least on this connection. */
export function holds(
  { roles, onConnections }: Pick<MeView, 'roles' | 'onConnections'>,
  role: Role,
  connection?: string,
) {
  const there = connection === undefined ? [] : (onConnections?.[connection] ?? [])
  return covers([...roles, ...there], role)
}

/** Whether the person who looks may do what needs this role. The server asks again, whatever is shown. */
export function useMay(role: Role, connection?: string): boolean {
  const { data } = useQuery(meQuery)
  return data !== undefined && holds(data, role, connection)
}
