import { afterEach, beforeEach, expect } from 'vitest'
import { jiraCloud } from '../../src/connectors/targets/jira-cloud/index.ts'
import type { ProvisioningError } from '../../src/domain/errors.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Applied, Order, Target } from '../../src/ports/target.ts'
import { type QuickClock, quickClock } from './quick-clock.ts'
import { type SeenRequest, startTinyServer, type TinyAnswer, type TinyServer } from './tiny-server.ts'

/** An answer, or how to make one; keyed by method and path: `GET /rest/api/3/myself`. */
export type Route = TinyAnswer | ((request: SeenRequest) => TinyAnswer)
export type Routes = Readonly<Record<string, Route>>

export const token = 'token-sesame-1234'
export const orgKey = 'orgkey-sesame-5678'
/** Path of the directory most tests speak of. */
export const org = '/admin/v2/orgs/o1/directories/d1'
const signal = new AbortController().signal

export const myself = { accountId: 'me', accountType: 'atlassian', active: true, displayName: 'Sync' }
export const siteRoutes: Routes = {
  'GET /rest/api/3/myself': { body: myself },
  'GET /_edge/tenant_info': { body: { cloudId: 'cloud-1' } },
  'GET /rest/api/3/mypermissions': { body: { permissions: { ADMINISTER: { havePermission: true } } } },
  'GET /rest/api/3/group/bulk': { body: { values: [], total: 0, isLast: true } },
  'GET /rest/api/3/applicationrole': { status: 403, body: { errorMessages: ['You are not an administrator.'] } },
}
export const orgRoutes: Routes = {
  'GET /admin/v1/orgs': { body: { data: [{ id: 'o1', attributes: { name: 'Acme' } }], links: {} } },
  'GET /admin/v2/orgs/o1/directories': { body: { data: [{ directoryId: 'd1', name: 'Main' }], links: {} } },
  [`POST ${org}/groups/search`]: { body: { data: [], links: {} } },
  [`POST ${org}/users/search`]: { body: { data: [], links: {} } },
  'GET /admin/v1/orgs/o1/domains': { body: { data: [], links: {} } },
  'POST /admin/v2/orgs/o1/workspaces': { body: { data: [], links: {} } },
  [`GET ${org}/users/count`]: { body: { count: 0 } },
  [`GET ${org}/groups/count`]: { body: { count: 0 } },
}

/** A server with hand-made answers and the connector before it, anew for each test of the file. */
export interface HandMade {
  readonly server: () => TinyServer
  readonly clock: () => QuickClock
  readonly logged: () => string
  /** Everything else is 404. */
  readonly answer: (routes: Routes) => void
  readonly open: (settings?: Readonly<Record<string, unknown>>) => Target
  readonly withToken: (more?: object) => Target
  readonly withKey: (more?: object) => Target
  readonly withBoth: (more?: object) => Target
  /** Requests so far, by method and path. */
  readonly seen: (what: string) => readonly SeenRequest[]
}

export function handMade(): HandMade {
  let server: TinyServer
  let clock: QuickClock
  let logged: string
  let opened: Target[]
  beforeEach(async () => {
    clock = quickClock()
    logged = ''
    opened = []
    server = await startTinyServer(() => ({ status: 404 }))
  })
  afterEach(async () => {
    for (const target of opened) await target.close()
    await server.close()
  })
  const open = (settings: Readonly<Record<string, unknown>> = {}): Target => {
    const parsed = jiraCloud.config.parse({ site: server.url, apiBase: server.url, ...settings })
    const target = jiraCloud.connect(parsed, {
      key: 'acme',
      now: clock.now,
      sleep: clock.sleep,
      log: (message, fields) => {
        logged += JSON.stringify({ message, ...fields })
      },
      baseDir: '.',
      localDirectory: undefined as never,
      instanceId: 'test',
    })
    opened.push(target)
    return target
  }
  const asToken = () => ({ email: 'sync@acme.test', apiToken: new Secret(token) })
  const asKey = () => ({ orgApiKey: new Secret(orgKey) })
  return {
    server: () => server,
    clock: () => clock,
    logged: () => logged,
    answer: (routes) =>
      server.handle((request) => {
        const route = routes[`${request.method} ${request.path}`]
        if (route === undefined) return { status: 404, body: { errorMessages: [`no route ${request.path}`] } }
        return typeof route === 'function' ? route(request) : route
      }),
    open,
    withToken: (more = {}) => open({ ...asToken(), ...more }),
    withKey: (more = {}) => open({ ...asKey(), ...more }),
    withBoth: (more = {}) => open({ ...asToken(), ...asKey(), ...more }),
    seen: (what) => server.seen.filter(({ method, path }) => `${method} ${path}` === what),
  }
}

export async function listed<Item>(pages: AsyncIterable<{ readonly items: readonly Item[] }>): Promise<Item[]> {
  const found: Item[] = []
  for await (const { items } of pages) found.push(...items)
  return found
}

export async function errorOf(work: Promise<unknown>): Promise<ProvisioningError> {
  return work.then(
    () => expect.fail('did not fail'),
    (thrown: ProvisioningError) => thrown,
  )
}

/** One order, carried out by itself. */
export async function applyOne(
  target: Target,
  order: Omit<Order, 'seq'>,
  notify = false,
): Promise<Applied | undefined> {
  await target.identify(signal)
  const [applied] = (await target.operations[order.kind]?.apply([{ seq: 1, ...order }], { signal, notify })) ?? []
  return applied
}

/** `applied`, or the code it failed with; `?` behind it where it may have been carried out. */
export function shortly(answer: Applied | undefined): string | undefined {
  if (answer?.outcome !== 'failed') return answer?.outcome
  return `${answer.error.code}${answer.error.mayHaveApplied ? '?' : ''}`
}
