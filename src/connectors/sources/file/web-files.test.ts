import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { contextOn } from '../../../../test/doubles/scim-target.ts'
import { startTinyServer, type TinyServer } from '../../../../test/doubles/tiny-server.ts'
import { Secret } from '../../../platform/secret.ts'
import type { Source } from '../../../ports/source.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { file } from './index.ts'

const token = 'file-sesame-4711'
const whole: Readonly<Record<string, string>> = {
  '/people.csv': 'id,login,mail,password\n1,anna,anna@acme.example,hunter-1\n2,ben,ben@acme.example,hunter-2\n',
  '/groups.csv': 'id,name\ng,team\nh,all\n',
  '/memberships.csv': 'group,member,kind\ng,1,user\nh,g,group\nh,2,user\n',
}

/** How the server sends one file. */
type Sending = (body: string) => {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  /** Cut after so many bytes, with the length promised. */
  readonly cutAt?: number
  /** Neither length nor chunks: the end of the connection is the end of the file. */
  readonly isOpen?: boolean
}

const asIs: Sending = (body) => ({ body })

/** A web server with files that answers conditional requests; `odd` says how single files are sent. */
function startFileServer(files: Record<string, string>, odd: Readonly<Record<string, Sending>> = {}) {
  return startTinyServer(({ path, headers }, raw) => {
    if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { error: 'who are you' } }
    const text = files[path]
    if (text === undefined) return { status: 404, body: { error: 'no such file' } }
    const etag = `"${Buffer.from(text).toString('base64url').slice(-20)}${text.length}"`
    if (headers['if-none-match'] === etag) {
      raw.writeHead(304, { etag }).end()
      return undefined
    }
    const sent = (odd[path] ?? asIs)(text)
    const body = Buffer.from(sent.body ?? text)
    const fixed = sent.isOpen === true ? { connection: 'close' } : { 'content-length': String(body.length) }
    if (sent.isOpen === true) raw.useChunkedEncodingByDefault = false
    raw.writeHead(sent.status ?? 200, { 'content-type': 'text/csv', etag, ...fixed, ...sent.headers })
    if (sent.cutAt === undefined) raw.end(body)
    else raw.write(body.subarray(0, sent.cutAt), () => raw.destroy())
    return undefined
  })
}

const namesAt = (url: string) => ({
  people: `${url}/people.csv`,
  groups: `${url}/groups.csv`,
  memberships: `${url}/memberships.csv`,
})

function sourceAt(settings: object): Source {
  const log: string[] = []
  return file.connect(file.config.parse({ token: new Secret(token), ...settings }), contextOn(quickClock(), log))
}

async function opened(odd: Readonly<Record<string, Sending>> = {}, without?: string) {
  const { [without ?? '']: _, ...files } = whole
  const server = await startFileServer(files, odd)
  const source = sourceAt(namesAt(server.url))
  return {
    source,
    state: async () => files,
    close: async () => {
      await source.close()
      await server.close()
    },
  }
}

testSource('file (over HTTP)', {
  known: { users: ['1', '2'], groups: ['g', 'h'], members: { g: ['user:1'], h: ['group:g', 'user:2'] } },
  open: () => opened(),
  secrets: [token, 'hunter'],
  broken: [
    {
      name: 'a connection that ends between two rows',
      part: 'users',
      open: () => opened({ '/people.csv': () => ({ cutAt: (whole['/people.csv'] ?? '').indexOf('2,ben') }) }),
    },
    { name: 'a file that is not there', part: 'groups', open: () => opened({}, '/groups.csv') },
    { name: 'an empty file', part: 'users', open: () => opened({ '/people.csv': () => ({ body: '' }) }) },
    { name: 'a part of a file (206)', part: 'users', open: () => opened({ '/people.csv': () => ({ status: 206 }) }) },
    {
      name: 'a web page instead of a file',
      part: 'users',
      open: () => opened({ '/people.csv': () => ({ body: '<html>', headers: { 'content-type': 'text/html' } }) }),
    },
    {
      name: 'a cut inside a zipped answer',
      part: 'users',
      open: () =>
        opened({
          '/people.csv': (body) => ({
            body: gzipSync(body).subarray(0, 60),
            headers: { 'content-encoding': 'gzip' },
          }),
        }),
    },
    {
      name: 'a file without length whose end is the end of the connection',
      part: 'groups',
      open: () => opened({ '/groups.csv': () => ({ isOpen: true }) }),
    },
  ],
})

const signal = () => AbortSignal.timeout(120_000)

describe('a file behind an address', () => {
  const open: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
  })
  async function serving(
    files: Record<string, string>,
    odd: Readonly<Record<string, Sending>> = {},
  ): Promise<TinyServer> {
    const server = await startFileServer(files, odd)
    open.push(server)
    return server
  }
  async function keysOf(source: Source): Promise<readonly string[]> {
    const keys: string[] = []
    try {
      for await (const { items } of source.users(signal())) keys.push(...items.map(({ key }) => key))
    } finally {
      await source.close()
    }
    return keys
  }

  it('is read when it is zipped, and without length where its closing line proves it', async () => {
    const zipped: Sending = (body) => ({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } })
    const closed = `${whole['/people.csv']}#END 2\n`
    const server = await serving(
      { '/a.csv': closed, '/b.csv': closed, '/c.csv': 'id,login\n1,anna\n#END 2\n' },
      {
        '/a.csv': zipped,
        '/b.csv': () => ({ isOpen: true }),
        '/c.csv': () => ({ isOpen: true }),
      },
    )
    const at = (name: string) => sourceAt({ people: `${server.url}/${name}`, trailer: '#END' })
    expect(await keysOf(at('a.csv'))).toEqual(['1', '2'])
    expect(await keysOf(at('b.csv'))).toEqual(['1', '2'])
    await expect(keysOf(at('c.csv'))).rejects.toMatchObject({ code: 'incomplete-read' })
  })

  it('in JSON proves itself, and half of one is never whole', async () => {
    const text = JSON.stringify({ people: [{ id: 1 }, { id: 2 }], groups: [], count: { people: 2 } })
    const server = await serving(
      { '/all.json': text, '/half.json': text.slice(0, 20) },
      {
        '/all.json': () => ({ isOpen: true }),
        '/half.json': () => ({ isOpen: true }),
      },
    )
    expect(await keysOf(sourceAt({ path: `${server.url}/all.json` }))).toEqual(['1', '2'])
    await expect(keysOf(sourceAt({ path: `${server.url}/half.json` }))).rejects.toMatchObject({
      code: 'incomplete-read',
    })
  })

  it('that another one replaces while several are fetched is not mixed with it', async () => {
    const files: Record<string, string> = { ...whole }
    const server = await serving(files, {
      '/memberships.csv': (body) => {
        files['/people.csv'] = 'id,login\n1,anna\n'
        return { body }
      },
    })
    await expect(keysOf(sourceAt(namesAt(server.url)))).rejects.toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('/people.csv was changed'),
    })
  })

  it('that is still being written is no whole file, also within the second that Last-Modified names', async () => {
    for (const stamp of ['etag', 'last-modified'] as const) {
      let rows = 'id,login\n1,anna\n'
      const now = new Date().toUTCString()
      const server = await startTinyServer(({ headers }) => {
        const named = stamp === 'etag' ? `"${rows.length}"` : now
        const known = headers[stamp === 'etag' ? 'if-none-match' : 'if-modified-since']
        if (known === named) return { status: 304 }
        const body = rows
        rows += '2,ben\n'
        return { body, headers: { 'content-type': 'text/csv', date: now, [stamp]: named } }
      })
      open.push(server)
      const growing = keysOf(sourceAt({ people: `${server.url}/people.csv` }))
      await expect(growing, stamp).rejects.toMatchObject({ code: 'incomplete-read' })
    }
  })

  it('is another place when what it is asked for is another, whatever signs it; no message shows a signature', () => {
    const printed = (people: string) => sourceAt({ people }).readFingerprint
    const at = (query: string) => printed(`https://hr.acme.example/export.csv?${query}`)
    expect(at('key=europe.csv')).not.toBe(at('key=asia.csv'))
    expect(at('st=active')).not.toBe(at('st=all'))
    expect(at('sv=1&st=2026-01-01&se=2026-02-01&sig=a')).toBe(at('sv=1&st=2026-03-01&se=2026-04-01&sig=b'))
    expect(() => printed('https://hr.acme.example/export?sig=s3cr3t')).toThrow('of hr.acme.example/export cannot')
  })

  it('is asked between runs whether it is still the same, without being sent again', async () => {
    const files: Record<string, string> = { ...whole }
    const server = await serving(files)
    const look = async (cursor?: string) => {
      const source = sourceAt({ ...namesAt(server.url), incremental: true })
      for await (const page of source.changesSince!(cursor, signal())) {
        await source.close()
        return page
      }
      return undefined
    }
    const first = await look()
    expect(first).toEqual({ users: [], groups: [], next: expect.any(String) })
    expect(first?.next).not.toContain(server.url)
    const before = server.seen.length
    expect(await look(first?.next)).toEqual({ users: [], groups: [], next: first?.next })
    expect(server.seen.slice(before).every(({ headers }) => headers['if-none-match'] !== undefined)).toBe(true)
    files['/people.csv'] = 'id,login\n1,anna\n'
    expect(await look(first?.next)).toMatchObject({ isRestart: true })
  })

  it('is fetched with what its server asks for, and its address is shown without its query', async () => {
    const basic = `Basic ${Buffer.from(`ann:${token}`).toString('base64')}`
    const server = await startTinyServer(({ headers, query }) => {
      const isLetIn = headers.authorization === basic || headers['x-key'] === token
      if (!isLetIn) return { status: 403, body: 'no' }
      const body = query.get('of') === 'people' ? whole['/people.csv'] : whole['/groups.csv']
      return { body, headers: { 'content-type': 'text/csv' } }
    })
    open.push(server)
    const exports = {
      people: `${server.url}/export.csv?of=people&sig=s3cr3t`,
      groups: `${server.url}/export.csv?of=groups`,
    }
    const own = { header: 'X-Key' }
    expect(await keysOf(sourceAt({ ...exports, ...own }))).toEqual(['1', '2'])
    const named = { token: undefined, username: 'ann', password: new Secret(token) }
    expect(await keysOf(sourceAt({ ...exports, ...named }))).toEqual(['1', '2'])
    const refused = await keysOf(sourceAt(exports)).catch((thrown: unknown) => thrown)
    expect(refused).toMatchObject({ code: 'forbidden', message: expect.stringContaining('/export.csv (people)') })
    expect(String(refused)).not.toContain('s3cr3t')
  })

  it('is not followed to another server, and several must be at one', async () => {
    const thief = await startTinyServer(() => ({ body: 'id\n1\n' }))
    open.push(thief)
    const server = await serving(whole, {
      '/people.csv': () => ({ status: 302, headers: { location: `${thief.url}/people.csv` } }),
    })
    await expect(keysOf(sourceAt({ people: `${server.url}/people.csv` }))).rejects.toMatchObject({
      code: 'config-invalid',
    })
    expect(thief.seen).toEqual([])
    for (const groups of [`${thief.url}/groups.csv`, 'groups.csv', 'https://a:b@127.0.0.1/g.csv']) {
      expect(() => sourceAt({ people: `${server.url}/people.csv`, groups })).toThrow(/one server/)
    }
  })

  it('larger than allowed, or in another encoding, is refused', async () => {
    const server = await serving(
      { '/big.csv': `id,login\n${'1,x\n'.repeat(300_000)}`, '/latin.csv': 'id,name\n1,x\n' },
      {
        '/latin.csv': () => ({ body: Buffer.from('id,name\n1,J\xfcrgen\n', 'latin1') }),
      },
    )
    for (const name of ['big', 'latin']) {
      const source = sourceAt({ people: `${server.url}/${name}.csv`, maxSizeMb: 1 })
      await expect(keysOf(source), name).rejects.toMatchObject({ code: 'incomplete-read' })
    }
  })
})
