/**
 * scimmy-routers as a process of its own, for a column beside ours: `node scimmy-process.ts <people>` with so many people
 * from the start. Everything is in memory and gone with the process; there are no versions, no log of requests, no limits
 * and one token. It is given every help a store could be: names are looked up in an index, also for `userName eq`.
 */
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import express from 'express'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'

export const scimmyToken = 'scimmy-bench'

type Row = Record<string, unknown> & { readonly id: string }
// biome-ignore lint/suspicious/noExplicitAny: the handlers of scimmy are typed by its schema classes
type Declared = any

class Rows {
  readonly byId = new Map<string, Row>()
  readonly byName = new Map<string, Row>()
  readonly #unique: string

  constructor(unique: string) {
    this.#unique = unique
  }

  put(row: Row): void {
    const before = this.byId.get(row.id)
    if (before !== undefined) this.byName.delete(this.#nameOf(before))
    this.byId.set(row.id, row)
    this.byName.set(this.#nameOf(row), row)
  }

  takenBy(row: Row): Row | undefined {
    return this.byName.get(this.#nameOf(row))
  }

  /** The one name a filter such as `userName eq "x"` asks for. */
  asked(filter: Declared): string | undefined {
    const [only, ...more] = [...filter]
    const [operator, value] = only?.[this.#unique] ?? []
    return more.length === 0 && operator === 'eq' ? String(value).toLowerCase() : undefined
  }

  #nameOf(row: Row): string {
    return String(row[this.#unique]).toLowerCase()
  }
}

const users = new Rows('userName')

function declare(type: Declared, rows: Rows): void {
  SCIMMY.Resources.declare(type, {
    egress: (resource: Declared) => {
      if (resource.id !== undefined) {
        const row = rows.byId.get(resource.id)
        if (row === undefined) throw new SCIMMY.Types.Error(404, null as never, 'Not found')
        return row
      }
      const name = resource.filter === undefined ? undefined : rows.asked(resource.filter)
      if (name !== undefined) return [rows.byName.get(name)].filter((row) => row !== undefined)
      return resource.filter === undefined ? [...rows.byId.values()] : resource.filter.match([...rows.byId.values()])
    },
    ingress: (resource: Declared, instance: Declared) => {
      const row: Row = { ...JSON.parse(JSON.stringify(instance)), id: resource.id ?? randomUUID() }
      const taken = rows.takenBy(row)
      if (taken !== undefined && taken.id !== row.id) throw new SCIMMY.Types.Error(409, 'uniqueness', 'Taken')
      rows.put(row)
      return row
    },
    degress: (resource: Declared) => {
      rows.byId.delete(resource.id)
    },
  } as Declared)
}

if (process.argv[1] === import.meta.filename) {
  declare(SCIMMY.Resources.User, users)
  declare(SCIMMY.Resources.Group, new Rows('displayName'))
  for (let at = 0; at < Number(process.argv[2] ?? 0); at += 1) {
    users.put({
      id: `seed-${at}`,
      userName: `seed${at}@corp.example`,
      displayName: `Seed ${at}`,
      active: true,
      meta: { created: new Date(0), lastModified: new Date(0) },
    })
  }
  const app = express()
  const handler = (request: express.Request) => {
    if (request.header('authorization') !== `Bearer ${scimmyToken}`) throw new Error('Who is it?')
    return 'bench'
  }
  app.use('/scim', new SCIMMYRouters({ type: 'bearer', handler }) as unknown as express.RequestHandler)
  const server = app.listen(0, '127.0.0.1', () => {
    process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/scim\n`)
  })
  // Ends with the process that started it.
  process.stdin.on('end', () => process.exit(0)).resume()
}
