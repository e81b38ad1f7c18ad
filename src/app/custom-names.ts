import { connectionSchema } from '../domain/connection.ts'
import type { UseCase } from './use-case.ts'

/**
 * What people call the custom attributes of a connection now, by id. The values stay with the id (D12), so plans of the
 * past are shown under the names of today; of a connection that is gone nothing but the ids is known.
 */
export async function customNamesOf({ store }: UseCase, connection: string): Promise<Readonly<Record<string, string>>> {
  const object = await store.configuration.get('connection', connection)
  const parsed = connectionSchema.safeParse(object?.document)
  if (!parsed.success) return {}
  const named = Object.entries(parsed.data.users.customAttributes)
  return Object.fromEntries(named.flatMap(([id, { name }]) => (name === undefined ? [] : [[id, name]])))
}
