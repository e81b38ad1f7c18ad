import { request } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Program, sharedProgram, startProgram } from '../../test/support/program.ts'

const json = 'application/scim+json'
const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly body: any
}

/** A client of one push source with a token of its own. */
async function clientOf(program: Program, source: string, settings: object = {}) {
  await program.client.sources.put({ params: { key: source }, body: { document: { type: 'scim-push', ...settings } } })
  const { value } = await program.client.push.createToken({ params: { key: source }, body: {} })
  const base = `${program.url}/scim/${source}/v2`
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${value}`,
        ...(body === undefined ? {} : { 'content-type': json }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
  return { call, base, token: value }
}

function expectError({ status, headers, body }: Answer, expected: number, scimType?: string): void {
  expect({ status, scimType: body?.scimType }).toEqual({ status: expected, scimType })
  expect(headers.get('content-type')).toBe('application/scim+json; charset=utf-8')
  expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(expected) })
  expect(body.detail).toMatch(/\S/)
}

describe('the SCIM server', () => {
  const running = sharedProgram()
  let scim: Awaited<ReturnType<typeof clientOf>>
  let other: Awaited<ReturnType<typeof clientOf>>
  beforeAll(async () => {
    scim = await clientOf(running(), 'entra', { requestsPerSecond: 10_000, maxBodyMegabytes: 1 })
    other = await clientOf(running(), 'okta')
  })
  const names = new Set<string>()
  const name = (word: string) => {
    const made = `${word}-${names.size}@corp.example`
    names.add(made)
    return made
  }
  const createUser = async (body: object = {}) =>
    (await scim.call('POST', '/Users', { userName: name('u'), ...body })).body
  const createGroup = async (members: readonly string[] = []) =>
    (await scim.call('POST', '/Groups', { displayName: name('g'), members: members.map((value) => ({ value })) })).body

  it('wakes nobody whose word about being active is taken away', async () => {
    const { id } = await createUser({ active: false })
    const taken = await scim.call('PATCH', `/Users/${id}`, { Operations: [{ op: 'remove', path: 'active' }] })
    expect(taken.body).not.toHaveProperty('active')
    const filter = encodeURIComponent(`id eq "${id}" and active pr`)
    expect((await scim.call('GET', `/Users?filter=${filter}`)).body.totalResults).toBe(0)
    const counted = async () => (await running().store.push.directory.status('entra')).activeUsers
    const before = await counted()
    await scim.call('PATCH', `/Users/${id}`, { Operations: [{ op: 'replace', path: 'active', value: true }] })
    expect(await counted()).toBe(before + 1)
  })

  it('creates, reads, replaces, changes and deletes a person', async () => {
    const userName = name('ann')
    const created = await scim.call('POST', '/Users', {
      schemas: [userSchema],
      userName,
      externalId: 'e',
      password: 'x',
      groups: [],
    })
    expect(created.status).toBe(201)
    const { id } = created.body
    expect(created.headers.get('location')).toBe(`${scim.base}/Users/${id}`)
    expect(created.headers.get('etag')).toBe('W/"1"')
    expect(created.body).toEqual({
      schemas: [userSchema],
      id,
      externalId: 'e',
      userName,
      active: true,
      meta: {
        resourceType: 'User',
        created: expect.any(String),
        lastModified: created.body.meta.created,
        location: `${scim.base}/Users/${id}`,
        version: 'W/"1"',
      },
    })
    expect((await scim.call('GET', `/Users/${id}`)).body).toEqual(created.body)
    const replaced = await scim.call('PUT', `/Users/${id}`, { ...created.body, title: 'Lead', active: false })
    expect(replaced).toMatchObject({
      status: 200,
      body: { title: 'Lead', active: false, externalId: 'e', meta: { version: 'W/"2"' } },
    })
    const patched = await scim.call('PATCH', `/Users/${id}`, {
      Operations: [{ op: 'Replace', path: 'active', value: 'True' }],
    })
    expect(patched).toMatchObject({ status: 200, body: { active: true, title: 'Lead' } })
    expectError(await scim.call('POST', '/Users', { userName: userName.toUpperCase() }), 409, 'uniqueness')
    const gone = await scim.call('DELETE', `/Users/${id}`)
    expect(gone).toMatchObject({ status: 204, text: '' })
    expectError(await scim.call('DELETE', `/Users/${id}`), 404)
    expectError(await scim.call('GET', `/Users/${id}`), 404)
    expectError(
      await scim.call('PATCH', `/Users/${id}`, { Operations: [{ op: 'replace', path: 'title', value: 'x' }] }),
      404,
    )
    const again = await scim.call('POST', '/Users', { userName, externalId: 'e' })
    expect(again.status).toBe(201)
    expect(again.body.id).not.toBe(id)
  })

  it('answers the tests that identity providers make before anything else (scim.md 2.1, 2.2, 2.4)', async () => {
    const { call } = await clientOf(running(), 'fresh')
    const empty =
      '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}'
    for (const path of [
      '/Users?filter=userName+eq+%22b8a3e1a8-non-existent%22',
      '/Users?filter=externalId%20eq%20%22x%22&aadOptscim062020',
      '/Users?startIndex=1&count=2',
      '/Groups?startIndex=1&count=100',
      '/Users',
      '/Groups?excludedAttributes=members&filter=displayName%20eq%20%22x%22',
    ]) {
      const answer = await call('GET', path)
      expect({ path, status: answer.status, text: answer.text }).toEqual({ path, status: 200, text: empty })
    }
    const config = await call('GET', '/ServiceProviderConfig')
    expect(config).toMatchObject({ status: 200, body: { patch: { supported: true }, bulk: { maxOperations: 1000 } } })
    expect((await call('GET', '/Schemas')).body.totalResults).toBe(3)
    expect((await call('GET', `/Schemas/${userSchema}`)).body.id).toBe(userSchema)
    expect((await call('GET', '/ResourceTypes')).body.Resources.map((each: { id: string }) => each.id)).toEqual([
      'User',
      'Group',
    ])
    expect((await call('GET', '/ResourceTypes/User')).body.endpoint).toBe('/Users')
    expectError(await call('GET', '/Schemas?filter=id%20eq%20%22x%22'), 403)
    expectError(await call('GET', '/ResourceTypes/Nothing'), 404)
    expectError(await call('GET', '/Me'), 501)
  })

  it('keeps members as a client sends them and shows them from both sides', async () => {
    const [ann, bob] = [await createUser({ displayName: 'Ann' }), await createUser()]
    const group = await createGroup([ann.id])
    expect(group.members).toEqual([{ value: ann.id, $ref: `${scim.base}/Users/${ann.id}`, type: 'User' }])
    const named = await scim.call('GET', `/Groups/${group.id}?attributes=members.value,members.display`)
    expect(named.body.members).toEqual([{ value: ann.id, display: 'Ann' }])
    const added = await scim.call('PATCH', `/Groups/${group.id}`, {
      Operations: [{ op: 'Add', path: 'members', value: [{ value: bob.id, $ref: null }] }],
    })
    expect(added).toMatchObject({ status: 204, text: '' })
    expect(added.headers.get('etag')).toBe('W/"2"')
    const read = await scim.call('GET', `/Groups/${group.id}`)
    expect(read.body.members.map((each: { value: string }) => each.value)).toEqual([ann.id, bob.id].sort())
    expect((await scim.call('GET', `/Users/${ann.id}`)).body.groups).toEqual([
      { value: group.id, $ref: `${scim.base}/Groups/${group.id}`, display: group.displayName, type: 'direct' },
    ])
    expect((await scim.call('GET', `/Groups/${group.id}?excludedAttributes=members`)).body).not.toHaveProperty(
      'members',
    )
    const question = encodeURIComponent(`id eq "${group.id}" and members eq "${bob.id}"`)
    expect((await scim.call('GET', `/Groups?attributes=id&filter=${question}`)).body.Resources).toEqual([
      { schemas: group.schemas, id: group.id },
    ])
    const asked = await scim.call('PATCH', `/Groups/${group.id}?attributes=displayName`, {
      Operations: [{ op: 'remove', path: `members[value eq "${bob.id}"]` }],
    })
    expect(asked).toMatchObject({ status: 200, body: { displayName: group.displayName } })
    await scim.call('DELETE', `/Users/${ann.id}`)
    expect((await scim.call('GET', `/Groups/${group.id}`)).body).not.toHaveProperty('members')
  })

  it('12 a push that replaces the name leaves the members, one that replaces the members by none is answered, too', async () => {
    const users = [await createUser(), await createUser(), await createUser()]
    const group = await createGroup(users.map(({ id }) => id))
    const patch = (value: object) =>
      scim.call('PATCH', `/Groups/${group.id}`, { Operations: [{ op: 'replace', ...value }] })
    const members = async () => (await scim.call('GET', `/Groups/${group.id}`)).body.members
    expect((await patch({ value: { displayName: name('renamed') } })).status).toBe(204)
    expect(await members()).toHaveLength(3)
    expect((await patch({ path: 'members', value: [] })).status).toBe(204)
    expect(await members()).toBeUndefined()
  })

  it('applies the known members of a push and reports the unknown ones', async () => {
    const ann = await createUser()
    const group = await createGroup()
    const members = (ids: readonly string[]) => ({
      Operations: [{ op: 'add', path: 'members', value: ids.map((value) => ({ value })) }],
    })
    expect((await scim.call('PATCH', `/Groups/${group.id}`, members([ann.id, 'nobody']))).status).toBe(204)
    expectError(
      await scim.call('PATCH', `/Groups/${group.id}`, members(['nobody', 'nobody-else'])),
      400,
      'invalidValue',
    )
    expect((await scim.call('GET', `/Groups/${group.id}`)).body.members).toHaveLength(1)
    await running().flushRequests()
    const { items } = await running().client.push.requests({ params: { key: 'entra' }, query: { limit: 1000 } })
    expect(items.find(({ notices }) => notices.some((each) => each.includes('nobody')))).toMatchObject({
      subject: group.displayName,
      status: 204,
    })
  })

  it('refuses groups in a circle', async () => {
    const inner = await createGroup()
    const outer = await createGroup([inner.id])
    expectError(
      await scim.call('PATCH', `/Groups/${inner.id}`, {
        Operations: [{ op: 'add', path: 'members', value: [{ value: outer.id }] }],
      }),
      400,
      'invalidValue',
    )
  })

  it('does all of a PATCH or nothing', async () => {
    const ann = await createUser({ title: 'before' })
    const half = {
      Operations: [
        { op: 'replace', path: 'title', value: 'after' },
        { op: 'replace', path: 'active', value: 'perhaps' },
      ],
    }
    expectError(await scim.call('PATCH', `/Users/${ann.id}`, half), 400, 'invalidValue')
    expect((await scim.call('GET', `/Users/${ann.id}`)).body).toEqual(ann)
  })

  it('honours versions', async () => {
    const ann = await createUser()
    const path = `/Users/${ann.id}`
    expect(await scim.call('GET', path, undefined, { 'if-none-match': 'W/"1"' })).toMatchObject({
      status: 304,
      text: '',
    })
    for (const [method, body] of [
      ['PUT', ann],
      ['PATCH', { Operations: [{ op: 'replace', path: 'title', value: 'x' }] }],
      ['DELETE', undefined],
    ] as const) {
      expectError(await scim.call(method, path, body, { 'if-match': 'W/"9"' }), 412)
    }
    expect((await scim.call('PUT', path, { ...ann, title: 'x' }, { 'if-match': 'W/"1"' })).body.meta.version).toBe(
      'W/"2"',
    )
    const same = await scim.call('PUT', path, { ...ann, title: 'x' })
    expect(same.body.meta).toMatchObject({ version: 'W/"2"' })
    expect((await scim.call('DELETE', path, undefined, { 'if-match': '*' })).status).toBe(204)
  })

  it('searches with a body, over one type and over all', async () => {
    const { call } = await clientOf(running(), 'search')
    const ann = (await call('POST', '/Users', { userName: 'ann+x@corp.example', displayName: 'same' })).body
    const dev = (await call('POST', '/Groups', { displayName: 'same' })).body
    const search = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'displayName eq "SAME"',
      attributes: ['id'],
    }
    expect(
      (await call('POST', '/Users/.search', search)).body.Resources.map((each: { id: string }) => each.id),
    ).toEqual([ann.id])
    expect((await call('POST', '/.search', search)).body).toMatchObject({
      totalResults: 2,
      Resources: [{ id: ann.id }, { id: dev.id }],
    })
    expect((await call('GET', '/?startIndex=2&count=1')).body).toMatchObject({
      totalResults: 2,
      itemsPerPage: 1,
      Resources: [{ id: dev.id }],
    })
    expect((await call('GET', '/?filter=userName%20pr')).body.totalResults).toBe(1)
    // A "+" that was not encoded reads as a blank (scim.md 11).
    expect((await call('GET', '/Users?filter=userName%20eq%20%22ann+x@corp.example%22')).body.totalResults).toBe(1)
    expectError(await call('GET', '/Users?filter=shoeSize%20eq%201'), 400, 'invalidFilter')
    expectError(await call('GET', '/Users?sortBy=shoeSize'), 400, 'invalidPath')
    expectError(await call('GET', '/Users?count=many'), 400, 'invalidValue')
  })

  it('pages by cursor (RFC 9865)', async () => {
    const { call } = await clientOf(running(), 'cursors')
    for (const userName of ['a', 'b', 'c']) await call('POST', '/Users', { userName })
    const first = (await call('GET', '/Users?cursor=&count=2')).body
    expect(first).toMatchObject({ totalResults: 3, itemsPerPage: 2 })
    expect(first).not.toHaveProperty('startIndex')
    const rest = (await call('GET', `/Users?cursor=${first.nextCursor}&count=2`)).body
    expect(rest.Resources.map((each: { userName: string }) => each.userName)).toEqual(['c'])
    expect(rest).not.toHaveProperty('nextCursor')
    expectError(await call('GET', '/Users?cursor=nonsense'), 400, 'invalidCursor')
    expectError(await call('GET', '/Users?cursor=&count=x'), 400, 'invalidCount')
  })

  it('does bulk requests, with references in any order', async () => {
    const { call } = await clientOf(running(), 'bulk', { cycles: 'accept' })
    const Operations = [
      {
        method: 'POST',
        path: '/Groups',
        bulkId: 'a',
        data: { displayName: 'a', members: [{ value: 'bulkId:u' }, { value: 'bulkId:b' }] },
      },
      { method: 'POST', path: '/Groups', bulkId: 'b', data: { displayName: 'b', members: [{ value: 'bulkId:a' }] } },
      { method: 'POST', path: '/Users', bulkId: 'u', data: { userName: 'u' } },
      { method: 'POST', path: '/Users', bulkId: 'twice', data: { userName: 'U' } },
      { method: 'PATCH', path: '/Users/bulkId:u', data: { Operations: [{ op: 'add', path: 'title', value: 'x' }] } },
      { method: 'DELETE', path: '/Users/nobody' },
      {
        method: 'POST',
        path: '/Groups',
        bulkId: 'c',
        data: { displayName: 'c', members: [{ value: 'bulkId:twice' }] },
      },
      { method: 'POST', path: '/Things', bulkId: 'd', data: {} },
    ]
    const answer = await call('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations,
    })
    expect(answer.status).toBe(200)
    const outcomes = answer.body.Operations as { status: string; location?: string; response?: { detail: string } }[]
    expect(outcomes.map(({ status }) => status)).toEqual(['201', '201', '201', '409', '200', '404', '409', '404'])
    const [a, b, u] = await Promise.all(
      outcomes
        .slice(0, 3)
        .map(async ({ location = '' }) => (await call('GET', new URL(location).pathname.replace(/^.*\/v2/, ''))).body),
    )
    expect(a.members.map((each: { value: string }) => each.value).sort()).toEqual([u.id, b.id].sort())
    expect(b.members).toMatchObject([{ value: a.id, type: 'Group' }])
    expect(u).toMatchObject({ userName: 'u', title: 'x' })
    const stopped = await call('POST', '/Bulk', {
      failOnErrors: 1,
      Operations: [
        { method: 'DELETE', path: '/Users/x' },
        { method: 'POST', path: '/Users', bulkId: 'z', data: { userName: 'never' } },
      ],
    })
    expect(stopped.body.Operations).toHaveLength(1)
    expect((await call('GET', '/Users?filter=userName%20eq%20%22never%22')).body.totalResults).toBe(0)
    expectError(
      await call('POST', '/Bulk', {
        Operations: Array.from({ length: 1001 }, () => ({ method: 'DELETE', path: '/Users/x' })),
      }),
      413,
    )
  })

  it('takes back a creation of a bulk request that cannot be completed', async () => {
    const { call } = await clientOf(running(), 'strictbulk')
    const Operations = [
      { method: 'POST', path: '/Groups', bulkId: 'a', data: { displayName: 'a', members: [{ value: 'bulkId:b' }] } },
      { method: 'POST', path: '/Groups', bulkId: 'b', data: { displayName: 'b', members: [{ value: 'bulkId:a' }] } },
    ]
    const { body } = await call('POST', '/Bulk', { Operations })
    expect(body.Operations.map((each: { status: string }) => each.status)).toEqual(['400', '201'])
    expect((await call('GET', '/Groups')).body.Resources).toMatchObject([{ displayName: 'b' }])
  })

  it('answers every trouble with a SCIM error', async () => {
    const ann = await createUser()
    expectError(await scim.call('POST', '/Users', '{"userName":'), 400, 'invalidSyntax')
    expectError(await scim.call('POST', '/Users', '['.repeat(100_000) + ']'.repeat(100_000)), 400, 'invalidSyntax')
    expectError(await scim.call('POST', '/Users', ''), 400, 'invalidSyntax')
    expectError(await scim.call('POST', '/Users', '7'), 400, 'invalidSyntax')
    expectError(await scim.call('POST', '/Users', {}), 400, 'invalidValue')
    expectError(await scim.call('POST', '/Users', { userName: `x${'y'.repeat(2_000_000)}` }), 413)
    expectError(
      await scim.call('POST', '/Users', 'userName=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
    )
    expectError(await scim.call('GET', '/Nothing'), 404)
    expectError(await scim.call('GET', '/Users/a/b'), 404)
    expectError(await scim.call('GET', `/Users/${'x'.repeat(900)}`), 404)
    const notAllowed = await scim.call('PUT', '/Users', {})
    expectError(notAllowed, 405)
    expect(notAllowed.headers.get('allow')).toBe('GET, POST')
    expectError(await scim.call('DELETE', '/ServiceProviderConfig'), 405)
    expectError(await scim.call('GET', `/Users?filter=${'('.repeat(5000)}`), 400, 'invalidFilter')
    expectError(
      await scim.call('PATCH', `/Users/${ann.id}`, { Operations: [{ op: 'move', path: 'title' }] }),
      400,
      'invalidSyntax',
    )
    expectError(await scim.call('PATCH', `/Users/${ann.id}`, { Operations: [{ op: 'remove' }] }), 400, 'noTarget')
    expectError(
      await scim.call('PATCH', `/Users/${ann.id}`, { Operations: [{ op: 'replace', path: 'id', value: 'x' }] }),
      400,
      'mutability',
    )
    expectError(await scim.call('GET', '/Users/%zz'), 400, 'invalidSyntax')
    const plain = await scim.call('POST', '/Users', { userName: name('plain') }, { 'content-type': 'application/json' })
    expect(plain.status).toBe(201)
  })

  it('lets nobody in without a token of this very source, and tells strangers nothing', async () => {
    const bodies: unknown[] = []
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Basic eDp5' },
      { authorization: `Bearer ${other.token}` },
    ]) {
      for (const path of [
        '/scim/entra/v2/Users',
        '/scim/no-such-source/v2/Users',
        '/scim/entra/v2/Nothing',
        '/scim/entra/v2',
      ]) {
        const response = await fetch(`${running().url}${path}`, { headers: headers as Record<string, string> })
        const answer = { status: response.status, headers: response.headers, text: '', body: await response.json() }
        expectError(answer, 401)
        expect(response.headers.get('www-authenticate')).toBe('Bearer')
        bodies.push(answer.body)
      }
    }
    const told = (index: number) => JSON.stringify(bodies[index])
    expect(told(4)).toBe(told(5))
    const unread = await fetch(`${scim.base}/Users`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    })
    expect(unread.status).toBe(401)
    const nowhere = await fetch(`${running().url}/scim/entra/v1/Users`, {
      headers: { authorization: `Bearer ${scim.token}` },
    })
    expect({ status: nowhere.status, type: nowhere.headers.get('content-type') }).toEqual({
      status: 404,
      type: 'application/scim+json; charset=utf-8',
    })
  })

  it('shows each group with the members of the very version it shows, also while they change', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => createUser()))
    const { id, displayName } = await createGroup()
    // Every change adds one member, so the version tells how many there are.
    const addEach = async (members: readonly { readonly id: string }[]) => {
      const answers: Answer[] = []
      for (const { id: value } of members) {
        const body = { Operations: [{ op: 'add', path: 'members', value: [{ value }] }] }
        answers.push(await scim.call('PATCH', `/Groups/${id}?attributes=members,displayName,meta`, body))
      }
      return answers.map(({ body }) => body)
    }
    let isOver = false
    const readAll = async () => {
      const seen: Answer['body'][] = []
      const filter = `displayName eq "${displayName}"`
      do {
        const pages = await Promise.all([
          scim.call('GET', `/Groups?filter=${encodeURIComponent(filter)}`),
          scim.call('POST', '/.search', { filter }),
        ])
        seen.push((await scim.call('GET', `/Groups/${id}`)).body, ...pages.flatMap(({ body }) => body.Resources))
      } while (!isOver)
      return seen
    }
    const reading = readAll()
    const written = await Promise.all([
      addEach(people.slice(0, 4)),
      addEach(people.slice(4, 8)),
      addEach(people.slice(8)),
    ])
    isOver = true
    const seen = [...written.flat(), ...(await reading)]
    const torn = seen.filter(({ members = [], meta }) => meta.version !== `W/"${members.length + 1}"`)
    expect(torn).toEqual([])
    const last = { displayName, members: people.map((person) => ({ value: person.id })) }
    const replaced = await scim.call('PUT', `/Groups/${id}`, { ...last, externalId: 'x' })
    expect(replaced.body).toMatchObject({ meta: { version: `W/"${people.length + 2}"` } })
    expect(replaced.body.members).toHaveLength(people.length)
  })

  it('writes nothing when what is to be shown cannot be told', async () => {
    const userName = name('unshown')
    const many = Array.from({ length: 2_000 }, (_, at) => `a${at}`).join(',')
    expectError(await scim.call('POST', `/Users?attributes=${many}`, { userName }), 400, 'invalidValue')
    expect((await scim.call('POST', '/Users', { userName })).status).toBe(201)
  })

  it('keeps two directories apart, also by id', async () => {
    const ann = await createUser({ externalId: 'shared' })
    expectError(await other.call('GET', `/Users/${ann.id}`), 404)
    expectError(await other.call('DELETE', `/Users/${ann.id}`), 404)
    const group = (await other.call('POST', '/Groups', { displayName: 'g', members: [{ value: ann.id }] })).body
    expect(group).not.toHaveProperty('members')
    expect(
      (await other.call('GET', `/Users?filter=${encodeURIComponent(`externalId eq "shared"`)}`)).body.totalResults,
    ).toBe(0)
  })

  it('builds addresses from its settings, never from the Host header', async () => {
    const ann = await createUser()
    const text = await new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(running().url)
      const headers = {
        host: 'evil.example',
        authorization: `Bearer ${scim.token}`,
        'x-forwarded-host': 'evil.example',
      }
      request({ hostname, port, path: `/scim/entra/v2/Users/${ann.id}`, headers }, (response) => {
        response.setEncoding('utf8').on('data', (part) => resolve(part))
      })
        .on('error', reject)
        .end()
    })
    expect(text).toContain(scim.base)
    expect(text).not.toContain('evil')
  })

  it('tells of every durable change, and of nothing else', async () => {
    const { call } = await clientOf(running(), 'notices')
    const told = () => running().pushed.filter((source) => source === 'notices').length
    const ann = (await call('POST', '/Users', { userName: 'a' })).body
    expect(told()).toBe(1)
    await call('GET', '/Users')
    await call('PUT', `/Users/${ann.id}`, ann)
    await call('POST', '/Users', { userName: 'a' })
    expect(told()).toBe(1)
    await call('PATCH', `/Users/${ann.id}`, { Operations: [{ op: 'replace', path: 'active', value: false }] })
    await call('DELETE', `/Users/${ann.id}`)
    expect(told()).toBe(3)
  })

  it('logs requests for support without secrets', async () => {
    const { call } = await clientOf(running(), 'logged')
    await call('POST', '/Users', { userName: 'ann', password: 'p-secret-1' })
    await call('PATCH', '/Users/nobody', { Operations: [{ op: 'replace', path: 'password', value: 'p-secret-2' }] })
    await call('GET', '/Users?filter=foo')
    await running().flushRequests()
    const { items } = await running().client.push.requests({ params: { key: 'logged' } })
    expect(
      items.map(({ method, path, status, subject, problem }) => ({ method, path, status, subject, problem })),
    ).toEqual([
      { method: 'GET', path: '/Users?filter=foo', status: 400, problem: expect.stringContaining('operator') },
      { method: 'PATCH', path: '/Users/nobody', status: 404, problem: expect.stringContaining('nobody') },
      { method: 'POST', path: '/Users', status: 201, subject: 'ann' },
    ])
    expect(JSON.stringify(items)).toContain('[secret]')
    expect(JSON.stringify(items)).not.toContain('p-secret')
    const failed = await running().client.push.requests({ params: { key: 'logged' }, query: { failed: 'true' } })
    expect(failed.items).toHaveLength(2)
  })
})

describe('tokens of a push source', () => {
  it('rotate with two valid ones, are revoked, and may stand in the configuration', async () => {
    const program = await startProgram({ variables: { SCIM_TOKEN: 'from-the-configuration-1234' } })
    const { call, token } = await clientOf(program, 'entra')
    const key = { params: { key: 'entra' } }
    const ask = async (value: string) =>
      (await fetch(`${program.url}/scim/entra/v2/Users`, { headers: { authorization: `Bearer ${value}` } })).status
    const rotated = await program.client.push.rotateToken({ ...key, body: {} })
    expect(rotated.baseUrl).toBe('/scim/entra/v2')
    expect([await ask(token), await ask(rotated.value)]).toEqual([200, 200])
    await expect(program.client.push.createToken({ ...key, body: {} })).rejects.toMatchObject({ code: 'conflict' })
    const status = await program.client.push.status(key)
    expect(status).toMatchObject({ users: 0, baselineOffered: false })
    expect(status.tokens.map(({ lastUsedAt }) => typeof lastUsedAt)).toEqual(['string', 'string'])
    await program.client.push.revokeToken({ params: { key: 'entra', id: status.tokens[0]!.id } })
    expect([await ask(token), await ask(rotated.value)]).toEqual([401, 200])
    expectError(await call('GET', '/Users'), 401)
    await program.client.sources.put({
      params: { key: 'inline' },
      body: { document: { type: 'scim-push', token: { env: 'SCIM_TOKEN' } } },
    })
    const inline = await fetch(`${program.url}/scim/inline/v2/Users`, {
      headers: { authorization: 'Bearer from-the-configuration-1234' },
    })
    expect(inline.status).toBe(200)
    await program.client.sources.put({ params: { key: 'hr' }, body: { document: { type: 'local' } } })
    await expect(program.client.push.status({ params: { key: 'hr' } })).rejects.toMatchObject({
      code: 'config-invalid',
    })
  })

  it('send so many requests, then wait', async () => {
    const program = await startProgram()
    const { call } = await clientOf(program, 'busy', { requestsPerSecond: 1 })
    const answers = await Promise.all(Array.from({ length: 14 }, () => call('GET', '/ServiceProviderConfig')))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expectError(refused[0]!, 429)
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})
