import { describe, expect, it } from 'vitest'
import type { FindReport } from '../../src/contract/sources.ts'
import { startTinyServer } from '../doubles/tiny-server.ts'
import { configurationYaml, disabled, member, settle, sharedOffice, succeed, team, withoutEffect } from './office.ts'

const open = sharedOffice()

async function find(line: string): Promise<FindReport> {
  const { stdout } = await succeed(open(), `find ${line} --json`)
  return JSON.parse(stdout) as FindReport
}

describe('muster find', () => {
  it('shows a person from the record to what each connection would do, and changes nothing', async () => {
    const office = open()
    office.write('crew.json', JSON.stringify(nested()))
    await settle(office, configurationYaml(office.sandbox, { crew: 'path: crew.json' }), ['crew'])
    const later = nested()
    office.write('crew.json', JSON.stringify({ ...later, people: [...later.people, member('crew', 9)] }))

    const runs = async () => (await office.client.runs.list({ query: { connection: 'crew' } })).items.length
    await withoutEffect(office.sandbox, async () => {
      const linked = await find('crew crew-1')
      expect(linked.records.map(({ key }) => key)).toEqual(['crew-1'])
      expect(linked.people[0]).toMatchObject({
        key: 'crew-1',
        active: true,
        mapped: { email: 'crew-1@acme.example', userName: 'crew-1', displayName: 'crew 1' },
        attributes: { mail: 'crew-1@acme.example', login: 'crew-1' },
        groups: [
          { name: 'crew-team', path: ['crew-team'], complete: true },
          { name: 'crew-all', path: ['crew-team', 'crew-all'], complete: true },
        ],
        connections: [{ connection: 'crew', target: 'acme', mode: 'automatic' }],
      })
      const [{ outlook: settled }] = linked.people[0]!.connections as [FindReport['people'][0]['connections'][0]]
      expect(settled).toMatchObject({ scope: 'in', found: 'linked', changes: [], workItems: [], unproven: [] })

      const [newcomer] = (await find('crew crew-9@acme.example')).people
      const outlook = newcomer?.connections[0]?.outlook
      expect(outlook).toMatchObject({ scope: 'in', found: 'none', accounts: [] })
      expect(outlook?.changes.map(({ kind }) => kind)).toContain('account.create')

      expect([await runs(), (await office.client.workItems.list({})).items]).toEqual([1, []])
    })
  })

  it('tells a leaver as a run would', async () => {
    const office = open()
    const before = team('gone')
    office.write('gone.json', JSON.stringify(before))
    await settle(office, configurationYaml(office.sandbox, { gone: 'path: gone.json' }), ['gone'])
    office.write('gone.json', JSON.stringify(disabled(before, 'gone-2')))
    const [person] = (await find('gone gone-2')).people
    expect(person?.active).toBe(false)
    const outlook = person?.connections[0]?.outlook
    expect(outlook?.changes.map(({ kind, state }) => `${kind} ${state}`)).toContain('account.deactivate ready')
    expect(outlook?.departure).toMatchObject({ signal: 'disabled' })
    const { said } = await succeed(office, 'find gone gone-2')
    expect(said).toContain('gone-2: inactive; email gone-2@acme.example')
    expect(said).toContain('gone -> acme (automatic) In scope. Linked to gone 2')
    expect(said).toMatch(/- account\.deactivate gone 2 .*, because /)
  })

  it('says of each connection by itself what it cannot say, and looks no further than asked', async () => {
    const office = open()
    office.write('two.json', JSON.stringify(team('two')))
    const yaml = `${configurationYaml(office.sandbox, { two: 'path: two.json' }, { mode: 'preview' })}  nowhere:\n    source: two\n    target: dead\n    mode: preview\n    users: { onLeft: [], onDisabled: [] }\n    groups: { byName: {} }\n`
    const dead =
      '  dead:\n    type: jira-cloud\n    site: "http://127.0.0.1:1"\n    email: a@b.example\n    apiToken: { file: api-token }\n'
    office.write('two.yaml', yaml.replace('connections:\n', `${dead}connections:\n`))
    await succeed(office, 'import {two.yaml}')
    const [person] = (await find('two two-1')).people
    expect(person?.connections.map(({ connection, error }) => [connection, error === undefined])).toEqual([
      ['nowhere', false],
      ['two', true],
    ])
    expect(person?.connections[0]?.error?.message).toMatch(/127\.0\.0\.1/)
    const groups = await find('two two-1 --depth groups')
    expect(groups.people[0]?.connections).toEqual([])
    expect(groups.people[0]?.groups.map(({ name }) => name)).toEqual(['two-team'])
    const one = await find('two two-1 --connection two')
    expect(one.people[0]?.connections.map(({ connection }) => connection)).toEqual(['two'])
    expect((await office.type('find two two-1 --connection crew')).code).toBe(2)
  })

  it('finds nobody under a name nobody has, and nothing at a source that is not there', async () => {
    const office = open()
    const answer = await office.type('find two nobody')
    expect([answer.code, answer.said]).toEqual([2, expect.stringContaining('Nobody in two is called "nobody".')])
    expect((await office.type('find nowhere anna')).code).toBe(2)
  })

  it('describes the attributes of a source', async () => {
    const office = open()
    const { said } = await succeed(office, 'sources attributes two')
    expect(said).toContain('All 3 people:')
    expect(said).toMatch(/mail +text +100 % +t\*\*-1@a/)
  })

  it('tries settings before they are saved, with a secret that stays nowhere', async () => {
    const office = open()
    const { said } = await succeed(office, 'sources try draft --set type=file --set path=two.json')
    expect(said).toContain('People as Muster reads them')
    expect(said).toMatch(/two-1 +yes +.*two-1@acme\.example/)
    expect(said).toContain('Members of two-team (two-g)')
    const wrong = await office.type('sources try draft --set type=file --set size=3')
    expect([wrong.code, wrong.said]).toEqual([2, expect.stringContaining('was not tried')])

    const seen: unknown[] = []
    const api = await startTinyServer(({ headers }) => {
      seen.push(headers.authorization)
      return { body: [{ id: 1, mail: 'a@acme.example' }] }
    })
    const users = { path: '/people', map: { id: '$.id', email: '$.email' } }
    const document = {
      type: 'rest',
      baseUrl: api.url,
      auth: { type: 'bearer' },
      users,
      secret: { value: 'draft-4711' },
    }
    const tried = await office.client.sources.tryOut({ params: { key: 'draft' }, body: { document } })
    await api.close()
    expect(seen).toEqual(['Bearer draft-4711'])
    const { items } = await office.client.audit.list({ query: { limit: 50 } })
    const entry = items.find(({ act, subject }) => act === 'source.try' && subject === 'source:draft')
    expect(entry?.detail).toEqual({ saved: false, asks: [new URL(api.url).host] })
    expect(tried.answer?.text).toContain('a@acme.example')
    expect(tried.problems).toMatchObject([{ where: 'users.map.email', hint: 'An entry has $.id, $.mail.' }])
    expect((await office.type('sources show draft')).code).toBe(2)
    expect((await succeed(office, 'secrets list')).said).not.toContain('draft')
    expect((await succeed(office, 'sources try two')).said).toContain('The first page has 3 people.')
  })

  it('names the groups of a source and judges rules before they are saved, asking neither end', async () => {
    const office = open()
    office.write('judged.json', JSON.stringify(team('judged')))
    await settle(office, configurationYaml(office.sandbox, { judged: 'path: judged.json' }), ['judged'])
    const params = { key: 'judged' }
    const { groups, ...rest } = await office.client.sources.groups({ params })
    expect(rest).toEqual({ source: 'judged', total: groups.length })
    expect(groups.map(({ name }) => name)).toContain('judged-team')

    const { document } = await office.client.connections.get({ params })
    const judge = (part: object) =>
      office.client.connections.checkRules({ params, body: { document: { ...document, ...part } } })
    const good = await judge({ schedule: { every: '6h' } })
    expect(good).toMatchObject({ problems: [], schedule: 'every 6h' })
    expect(good.nextRuns).toHaveLength(5)
    expect(good.source?.mapping.email?.from).toBe('mail')
    expect(good.target?.attributes.find(({ name }) => name === 'email')).toMatchObject({ required: true })
    const bad = await judge({
      users: { mapping: { shoeSize: 'size' } },
      groups: { byTable: [{ from: '', to: 'a' }] },
    })
    expect(bad.problems.map(({ at }) => at.join('.'))).toContain('groups.byTable.0.from')
    const strange = await judge({ target: 'nowhere', users: { mapping: { shoeSize: 'size' } } })
    expect(strange).not.toHaveProperty('target')
    expect(strange.problems).toMatchObject([{ at: ['target'] }])
    expect((await judge({ users: { mapping: { shoeSize: 'size' } } })).problems).toMatchObject([
      { at: ['users', 'mapping', 'shoeSize'], message: expect.stringContaining('is not an attribute') },
    ])
    expect((await office.client.connections.get({ params })).document).toEqual(document)
  })

  it('is written down: who looked for whom', async () => {
    const office = open()
    const { items } = await office.client.audit.list({ query: { limit: 500 } })
    expect(items.find(({ act, detail }) => act === 'source.find' && detail?.login === 'gone-2')).toMatchObject({
      subject: 'source:gone',
    })
  })
})

/** A team inside another group. */
function nested() {
  const crew = team('crew')
  return { ...crew, groups: [...crew.groups, { id: 'crew-all', name: 'crew-all', members: [{ id: 'crew-g' }] }] }
}
