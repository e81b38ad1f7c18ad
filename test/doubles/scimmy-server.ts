import { createHash, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import express from 'express'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'

/** Rows of one server, as its handlers keep them. */
interface Stored {
  readonly users: Map<string, Row>
  readonly groups: Map<string, Row>
}
type Row = Record<string, unknown> & { id: string }

/**
 * A SCIM server that others wrote: scimmy with scimmy-routers does the protocol, rows are kept here. It knows no versions,
 * filters by the RFC, tells members with lists and no `groups` with users.
 */
export interface ScimmyServer {
  readonly baseUrl: string
  readonly token: string
  readonly stored: Stored
  /** Differs whenever anything stored differs. */
  digest(): string
  close(): Promise<void>
}

const token = 'scimmy-sesame-4711'
const stores = new Map<string, Stored>()
let isDeclared = false

/** `pages: false`: as scimmy-routers 1.3 is with Express 5, it passes over startIndex and count and gives the first 20. */
export async function startScimmy({ pages = true } = {}): Promise<ScimmyServer> {
  declareOnce()
  const key = randomUUID()
  const stored: Stored = { users: new Map(), groups: new Map() }
  stores.set(key, stored)
  const app = express()
  if (pages) app.set('query parser', withNumbers)
  app.use(
    '/scim',
    new SCIMMYRouters({
      type: 'bearer',
      handler: (request) => {
        if (request.header('authorization') !== `Bearer ${token}`) throw new Error('Who is it?')
        return 'muster'
      },
      context: () => key,
    }) as unknown as express.RequestHandler,
  )
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/scim`,
    token,
    stored,
    digest: () => {
      const text = JSON.stringify(
        [[...stored.users.values()], [...stored.groups.values()]].map((rows) => rows.map(plain)),
      )
      return createHash('sha256').update(text).digest('hex')
    },
    close: () =>
      new Promise((resolve) => {
        stores.delete(key)
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function plain({ meta: _, ...row }: Row): unknown {
  return row
}

/** scimmy takes numbers only, and Express 5 gives texts that cannot be replaced. */
function withNumbers(text: string): Record<string, unknown> {
  const numbers = new Set(['startIndex', 'count'])
  return Object.fromEntries(
    [...new URLSearchParams(text)].map(([name, value]) => [name, numbers.has(name) ? Number(value) : value]),
  )
}

/** Resource types are declared once for the whole process; the context says which rows are meant. */
function declareOnce(): void {
  if (isDeclared) return
  isDeclared = true
  const { User, Group } = SCIMMY.Resources
  User.extend(SCIMMY.Schemas.EnterpriseUser, false)
  declare(User, 'users', 'userName')
  declare(Group, 'groups', 'displayName')
}

// biome-ignore lint/suspicious/noExplicitAny: the handlers of scimmy are typed by its schema classes
type Declared = any

function declare(type: Declared, rowsOf: keyof Stored, unique: string): void {
  SCIMMY.Resources.declare(type, {
    egress: (resource: Declared, key: string) => {
      const rows = storeOf(key)[rowsOf]
      if (resource.id === undefined) {
        const all = [...rows.values()]
        return resource.filter === undefined ? all : resource.filter.match(all)
      }
      const row = rows.get(resource.id)
      if (row === undefined) throw new SCIMMY.Types.Error(404, null as never, `Resource ${resource.id} not found`)
      return row
    },
    ingress: (resource: Declared, instance: Declared, key: string) => {
      const store = storeOf(key)
      const rows = store[rowsOf]
      const given = JSON.parse(JSON.stringify(instance)) as Row
      const id = (resource.id as string | undefined) ?? randomUUID()
      if (resource.id !== undefined && !rows.has(id)) throw new SCIMMY.Types.Error(404, null as never, 'Not found')
      const name = String(given[unique]).toLowerCase()
      const isTaken = [...rows.values()].some((row) => row.id !== id && String(row[unique]).toLowerCase() === name)
      if (isTaken) throw new SCIMMY.Types.Error(409, 'uniqueness', `${unique} is taken`)
      for (const { value } of (given.members ?? []) as { value: string }[]) {
        if (!store.users.has(value)) throw new SCIMMY.Types.Error(400, 'invalidValue', `There is no member ${value}`)
      }
      const row = { ...given, id }
      rows.set(id, row)
      return row
    },
    degress: (resource: Declared, key: string) => {
      const store = storeOf(key)
      if (!store[rowsOf].delete(resource.id)) throw new SCIMMY.Types.Error(404, null as never, 'Not found')
      if (rowsOf === 'groups') return
      for (const [id, group] of store.groups) {
        const members = (group.members ?? []) as { value: string }[]
        store.groups.set(id, { ...group, members: members.filter(({ value }) => value !== resource.id) })
      }
    },
  } as Declared)
}

function storeOf(key: string): Stored {
  const found = stores.get(key)
  if (found === undefined) throw new Error('The server was closed.')
  return found
}
