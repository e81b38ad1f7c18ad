import { z } from 'zod'
import { fail } from '../../../domain/errors.ts'
import { foldCase } from '../../../domain/identity.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { HttpRequest } from '../../../platform/http-client.ts'
import { Secret } from '../../../platform/secret.ts'
import { HttpDoor, parsed } from '../../kit/http-door.ts'
import { all, cursorSweep } from '../../kit/paging.ts'
import { refusal } from '../../kit/scim/refusals.ts'
import type { AtlassianScimConfig } from './config.ts'

const links = z.object({ next: z.string().nullish() }).nullish()
const organizations = z.object({
  data: z.array(z.object({ id: z.string(), attributes: z.object({ name: z.string() }) })),
  links,
})
const domains = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      attributes: z.object({ name: z.string(), claim: z.object({ status: z.string() }).nullish() }),
    }),
  ),
  links,
})
const workspaces = z.object({ data: z.array(z.object({ id: z.string() })), links })
const groupPage = z.object({
  data: z.array(
    z.object({ id: z.string(), name: z.string(), directoryId: z.string(), externalSynced: z.boolean().nullish() }),
  ),
  links,
})
const assignments = z.object({ data: z.array(z.unknown()), links })

/** A group of the organization as its administrators see it. */
export type SeenGroup = z.output<typeof groupPage>['data'][number]

/** What the organization API key tells about the prerequisites. Reads only. */
export class OrganizationLook {
  readonly #door: HttpDoor
  readonly #wanted: string | undefined
  #organization: Promise<{ readonly id: string; readonly name: string }> | undefined

  constructor(config: AtlassianScimConfig, key: Secret, clock: Clock) {
    this.#wanted = config.organization
    this.#door = new HttpDoor({
      base: `${config.apiBase}/admin`,
      authorization: new Secret(`Bearer ${key.reveal()}`),
      secrets: [key, config.apiKey],
      clock,
    })
  }

  close(): void {
    this.#door.close()
  }

  calls(): Readonly<Record<string, number>> {
    return this.#door.calls()
  }

  /** Throws `config-invalid` when it is not clear which one is meant. */
  organization(signal: AbortSignal): Promise<{ readonly id: string; readonly name: string }> {
    this.#organization ??= this.#find(signal).catch((thrown: unknown) => {
      this.#organization = undefined
      throw thrown
    })
    return this.#organization
  }

  async verifiedDomains(signal: AbortSignal): Promise<readonly string[]> {
    const { id } = await this.organization(signal)
    const found = await this.#pages(domains, 'read domains', `/v1/orgs/${id}/domains`, signal)
    return found.flatMap(({ attributes: { name, claim } }) => (claim?.status === 'verified' ? [foldCase(name)] : []))
  }

  /** How many products the organization has on its sites. */
  async products(signal: AbortSignal): Promise<number> {
    const { id } = await this.organization(signal)
    const { data } = await this.#ask(
      workspaces,
      post('read workspaces', `/v2/orgs/${id}/workspaces`, { limit: 50 }),
      signal,
    )
    return data.length
  }

  /** Groups of these names in any directory of the organization; at most 100 names. */
  async groupsNamed(names: readonly string[], signal: AbortSignal): Promise<readonly SeenGroup[]> {
    const { id } = await this.organization(signal)
    const path = `/v2/orgs/${id}/directories/-/groups/search`
    const { data } = await this.#ask(groupPage, post('search groups', path, { groupNames: names, limit: 100 }), signal)
    return data
  }

  /** Does the group give access to any product? */
  async givesAccess({ id: groupId, directoryId }: SeenGroup, signal: AbortSignal): Promise<boolean> {
    const { id } = await this.organization(signal)
    const path = `/v2/orgs/${id}/directories/${directoryId}/groups/${groupId}/role-assignments`
    const { data } = await this.#ask(assignments, { operation: 'read roles of a group', method: 'GET', path }, signal)
    return data.length > 0
  }

  async #find(signal: AbortSignal): Promise<{ id: string; name: string }> {
    const found = await this.#pages(organizations, 'read organizations', '/v1/orgs', signal)
    const named = found.map(({ id, attributes: { name } }) => ({ id, name }))
    const wanted = this.#wanted
    const fitting = named.filter(
      ({ id, name }) => wanted === undefined || id === wanted || foldCase(name) === foldCase(wanted),
    )
    const [only] = fitting
    if (fitting.length === 1 && only !== undefined) return only
    throw fail.configInvalid(
      fitting.length === 0
        ? `The organization API key sees no organization${wanted === undefined ? '' : ` ${wanted}`}.`
        : `The organization API key sees several organizations: ${fitting.map(({ name }) => name).join(', ')}.`,
      { hint: 'Name the organization in the settings of the target.' },
    )
  }

  /** A list of v1, whose next page is a whole address. */
  #pages<Item extends { readonly id: string }>(
    schema: z.ZodType<{ data: Item[]; links?: { next?: string | null | undefined } | null | undefined }>,
    operation: string,
    path: string,
    signal: AbortSignal,
  ): Promise<readonly Item[]> {
    const sweep = () =>
      cursorSweep<Item>(
        ({ id }) => id,
        async (next) => {
          const answer = await this.#ask(schema, { operation, method: 'GET', path: next ?? path }, signal)
          return { items: answer.data, next: answer.links?.next ?? undefined }
        },
      )
    return all(operation, ({ id }) => id, sweep)
  }

  async #ask<Schema extends z.ZodType>(schema: Schema, request: HttpRequest, signal: AbortSignal) {
    const answer = await this.#door.send(request, signal)
    if (answer.status >= 400) throw refusal(answer, `With the organization API key: ${request.operation}`)
    return parsed(schema, answer, request.operation)
  }
}

/** A search: a POST that changes nothing. */
function post(operation: string, path: string, body: object): HttpRequest {
  return { operation, method: 'POST', path, body, effect: 'read' }
}
