import { z } from 'zod'
import type { Attributes } from '../../../domain/identity.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { AccountNow } from '../../../ports/target.ts'
import { forEachOf } from '../waiting.ts'
import type { Api } from './api.ts'
import { concurrency } from './limits.ts'

/** The record of an account's custom attributes: where it stands and how it is read. */

/** User properties of one product: a place for data of apps, apart from what administrators see. */
export interface PropertyStore {
  readonly api: Api
  /** Whether our account has the right that writing to this account needs. Changes nothing. */
  mayWrite(accountId: string, signal: AbortSignal): Promise<boolean>
  /** What people call the product. */
  readonly product: string
  /** Undefined = the account has no such property. */
  get(accountId: string, key: string, signal: AbortSignal): Promise<unknown>
  /** Replaces the whole value. */
  put(accountId: string, key: string, value: object, signal: AbortSignal): Promise<HttpAnswer>
  delete(accountId: string, key: string, signal: AbortSignal): Promise<HttpAnswer>
}

const attribute = z.union([z.string(), z.array(z.string()), z.null()])
const kept = z.object({ attributes: z.record(z.string(), attribute) })

/** No dot and no `=`: keys with these cannot be searched by. */
export function propertyKey(instanceId: string): string {
  return `muster-${instanceId.replace(/[.=]/g, '-')}`
}

/** The values of an account; undefined = nothing of ours is there. */
async function customValues(
  properties: PropertyStore,
  accountId: string,
  instanceId: string,
  signal: AbortSignal,
): Promise<Attributes | undefined> {
  const value = kept.safeParse(await properties.get(accountId, propertyKey(instanceId), signal))
  return value.success ? value.data.attributes : undefined
}

/** Adds our custom attributes, which are told one account at a time. */
export async function lookAtCustom(
  found: Map<string, AccountNow>,
  properties: PropertyStore | undefined,
  instanceId: string,
  signal: AbortSignal,
): Promise<void> {
  if (properties === undefined) return
  await forEachOf([...found], concurrency, async ([id, now]) => {
    const custom = (await customValues(properties, id, instanceId, signal)) ?? {}
    found.set(id, { ...now, account: { ...now.account, custom } })
  })
}
