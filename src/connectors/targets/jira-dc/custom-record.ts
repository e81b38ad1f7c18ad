import { z } from 'zod'
import type { Attributes } from '../../../domain/identity.ts'
import type { Properties } from './properties.ts'

/** The record of an account's custom attributes: where it stands and how it is read. */

const attribute = z.union([z.string(), z.array(z.string()), z.null()])
const kept = z.object({ attributes: z.record(z.string(), attribute) })

export function propertyKey(instanceId: string): string {
  return `muster-${instanceId.replace(/[.=]/g, '-')}`
}

/** The values of an account; undefined = nothing of ours is there. */
export async function customValues(
  properties: Properties,
  userKey: string,
  instanceId: string,
  signal: AbortSignal,
): Promise<Attributes | undefined> {
  const value = kept.safeParse(await properties.get(userKey, propertyKey(instanceId), signal))
  return value.success ? value.data.attributes : undefined
}
