import { describe, expect, it } from 'vitest'
import { savedPlan } from '../../test/support/plans.ts'
import { type Program, sharedProgram } from '../../test/support/program.ts'
import { covers, type Endpoint, type Role, roles } from '../contract/route.ts'
import { allRoutes, type Caller, nobody, type Principal } from '../contract/routes.ts'

const running = sharedProgram({
  files: { 'people.json': '{"people":[],"groups":[]}' },
})

const configuration = `
sources: { hr: { type: file, path: people.json } }
targets: { acme: { type: jira-cloud, site: "https://a.atlassian.net", email: a@example.test, apiToken: { env: T }, orgApiKey: { env: T } } }
connections:
  mine: { source: hr, target: acme, priority: 1 }
  foreign: { source: hr, target: acme, priority: 2 }
`

/** Two connections, each with a run, a plan and a work item. */
let objects: Promise<Record<'mine' | 'foreign', { run: string; plan: string }>> | undefined

async function seed(program: Program) {
  await program.client.configuration.import({ body: { yaml: configuration } })
  const made = async (connection: string) => {
    const { run, plan } = await savedPlan(program.store, [], { connection })
    const item = { reason: 'correlation-ambiguous', subject: connection, label: connection, message: 'm' } as const
    await program.store.workItems.reconcile(connection, 'dir', [item])
    return { run: String(run.number), plan: plan.id }
  }
  return { mine: await made('mine'), foreign: await made('foreign') }
}

const world = () => (objects ??= seed(running()))

type Where = 'mine' | 'foreign' | 'nowhere'

async function paramsOf(endpoint: Endpoint, where: Where): Promise<Record<string, string>> {
  const known = where === 'nowhere' ? { run: '999', plan: 'none' } : (await world())[where]
  const all: Record<string, string> = { ...known, key: where, kind: 'user' }
  const names = Array.from(endpoint.path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)
  return Object.fromEntries(names.map((name) => [name, all[name] ?? 'nothing-there']))
}

/** Calls a handler with what a server hands over after validation; an endpoint that refuses does not look at it. */
async function call(name: string, principal: Principal, received: object) {
  const [noun = '', act = ''] = name.split('.')
  const handlers = running().app.handlers as unknown as Record<string, Record<string, (...all: unknown[]) => unknown>>
  const caller: Caller = { principal, signal: new AbortController().signal, door: 'api' }
  const answer = handlers[noun]?.[act]?.(caller, { query: { limit: 100 }, body: {}, ...received })
  if (typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer) {
    return await (answer as AsyncIterable<unknown>)[Symbol.asyncIterator]().next()
  }
  return await answer
}

/** Over the network with a body that fits nothing, so that whoever is let in still does nothing. */
async function statusOf(endpoint: Endpoint, where: Where, token: string): Promise<number> {
  const params = await paramsOf(endpoint, where)
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
  const response = await fetch(`${running().url}${path}`, {
    method: endpoint.method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(endpoint.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(endpoint.body === undefined ? {} : { body: '{"unknown":1}' }),
    redirect: 'manual',
  })
  await response.body?.cancel()
  return response.status
}

const onMine = (role: Role): Principal => ({ name: 'user:anna', roles: [], onConnections: { mine: [role] } })

describe('a role on one connection', () => {
  it.each(roles.map((role) => [role]))('%s opens what is about that connection and nothing else', async (role) => {
    const { value } = await running().store.access.createToken(`mine-${role}`, [role], undefined, {
      connections: ['mine'],
    })
    for (const [name, endpoint] of allRoutes()) {
      if (endpoint.role === 'public' || endpoint.role === 'signed-in') continue
      const isCovered = covers([role], endpoint.role)
      const refused = async (where: Where) => {
        const params = await paramsOf(endpoint, where)
        const answer = call(name, onMine(role), { params })
        await expect(answer, `${name} at ${where}`).rejects.toMatchObject({ code: 'not-allowed' })
      }
      if (endpoint.about === undefined || !isCovered) {
        for (const where of ['mine', 'nowhere'] as const) await refused(where)
        expect({ name, status: await statusOf(endpoint, 'mine', value) }).toEqual({ name, status: 403 })
      } else if (endpoint.about !== 'connections') {
        for (const where of ['foreign', 'nowhere'] as const) await refused(where)
        expect({ name, refused: (await statusOf(endpoint, 'mine', value)) === 403 }).toEqual({ name, refused: false })
      }
    }
  })

  it('shows only its rows in every list', async () => {
    await world()
    const lists = allRoutes().filter(([, { about }]) => about === 'connections')
    expect(lists.map(([name]) => name)).toEqual(expect.arrayContaining(['connections.list', 'runs.list']))
    for (const [name] of lists) {
      const everything = JSON.stringify(await call(name, { name: 'user:bert', roles: ['viewer'] }, {}))
      expect(everything, name).toMatch(/"mine".*"foreign"|"foreign".*"mine"/)
      const text = JSON.stringify(await call(name, onMine('viewer'), {}))
      expect(text, name).toContain('"mine"')
      expect(text, name).not.toContain('"foreign"')
    }
  })

  it('lets its administrator change rules, but not where people come from and go to', async () => {
    await world()
    const administrator = running().clientAs(onMine('admin'))
    const put = (key: string, changed: object) =>
      administrator.connections.put({
        params: { key },
        body: { document: { source: 'hr', target: 'acme', priority: 1, ...changed } },
      })
    await expect(put('mine', { mode: 'preview' })).resolves.toMatchObject({ version: 2 })
    await expect(put('mine', { priority: 9 })).rejects.toMatchObject({ code: 'not-allowed' })
    await expect(put('mine', { target: 'other' })).rejects.toThrow(/cannot change its target/)
    await expect(put('foreign', {})).rejects.toMatchObject({ code: 'not-allowed' })
    const owner = running().clientAs({ name: 'user:carl', roles: [], onConnections: { fresh: ['admin'] } })
    const fresh = { document: { source: 'hr', target: 'acme' } }
    await expect(owner.connections.put({ params: { key: 'fresh' }, body: fresh })).rejects.toThrow(
      /cannot make new ones/,
    )
  })
})

describe('the contract', () => {
  it('opens to everybody, and to everybody who is known, what is listed here and nothing else', () => {
    const withAccess = (wanted: Endpoint['role']) =>
      allRoutes().flatMap(([name, { role }]) => (role === wanted ? [name] : []))
    expect(withAccess('public').sort()).toEqual([
      'setup.complete',
      'setup.state',
      'signIn.oidcCallback',
      'signIn.oidcStart',
      'signIn.options',
      'signIn.withLink',
      'signIn.withPassword',
    ])
    expect(withAccess('signed-in').sort()).toEqual([
      'account.changePassword',
      'account.createToken',
      'account.endSession',
      'account.revokeToken',
      'account.sessions',
      'account.tokens',
      'signIn.signOut',
      'system.catalog',
      'system.me',
    ])
  })

  it('gives every endpoint a role, and every endpoint about a connection a place that names it', () => {
    for (const [name, { role, about, path }] of allRoutes()) {
      expect([...roles, 'signed-in', 'public'], name).toContain(role)
      const named = { connection: '/connections/{key}', run: '/runs/{run}', plan: '/plans/{plan}' }
      if (about !== undefined && about !== 'connections') expect(path, name).toContain(named[about])
    }
  })

  it('lets nobody in who is nobody', async () => {
    for (const [name, { role }] of allRoutes()) {
      if (role === 'public') continue
      await expect(call(name, nobody, { params: {} }), name).rejects.toMatchObject({ code: 'not-allowed' })
    }
  })

  it('opens nothing but the own password to somebody who was given one', async () => {
    const session = { id: 's', csrfToken: '', expiresAt: 0, mustChangePassword: true }
    const given: Principal = { name: 'user:new', roles, user: { id: 'u', userName: 'new' }, session }
    const open: string[] = []
    for (const [name, { role }] of allRoutes()) {
      if (role === 'public') continue
      const answer: unknown = await call(name, given, { params: {} }).catch((thrown: unknown) => thrown)
      if (!/The password was given/.test(String(answer))) open.push(name)
    }
    expect(open.sort()).toEqual(['account.changePassword', 'signIn.signOut', 'system.me'])
  })
})
