import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import type { ReportRow } from '../../src/contract/report.ts'
import type { WhyReport } from '../../src/contract/why.ts'
import { configurationYaml, disabled, member, settle, sharedOffice, succeed, team, withoutEffect } from './office.ts'

const open = sharedOffice()

async function why(line: string): Promise<WhyReport['connections'][number]> {
  const { stdout } = await succeed(open(), `why ${line} --fresh --json`)
  const [connection] = (JSON.parse(stdout) as WhyReport).connections
  if (connection === undefined) throw new Error('No connection answered.')
  return connection
}

/** A team inside another group. */
function nested() {
  const crew = team('crew')
  return { ...crew, groups: [...crew.groups, { id: 'crew-all', name: 'crew-all', members: [{ id: 'crew-g' }] }] }
}

describe('muster why', () => {
  it('tells the chain from the record to the membership, in words and as data, and changes nothing', async () => {
    const office = open()
    office.write('crew.json', JSON.stringify(nested()))
    office.write('two.json', JSON.stringify(team('two')))
    const sources = { crew: 'path: crew.json', two: 'path: two.json' }
    await settle(office, configurationYaml(office.sandbox, sources), ['crew', 'two'])
    await withoutEffect(office.sandbox, async () => {
      const { people } = await why('crew-1@acme.example crew-all --connection crew')
      expect(people[0]).toMatchObject({
        sourceKey: 'crew-1',
        record: { active: true },
        scope: { is: 'in' },
        match: { found: 'linked' },
        standstill: { reason: 'as-wanted' },
        memberships: [
          {
            group: { name: 'crew-all' },
            isMember: true,
            verdict: 'stays',
            reason: 'member-at-source',
            rule: 'groups.byName',
            path: ['crew-team', 'crew-all'],
            grants: [{ connection: 'crew', rule: 'groups.byName' }],
          },
        ],
        changes: [],
      })
      const { said } = await succeed(office, 'why crew-1 crew-all --connection crew --fresh')
      expect(said).toContain('is in the source (key crew-1) and active there.')
      expect(said).toContain(
        'crew-all: is a member; is a member of the source group (groups.byName), by way of crew-team > crew-all. Vouched for by crew (groups.byName).',
      )
      expect(said).toContain('Nothing would change now.')
    })
  })

  it('says why not: a group that holds somebody else, a group that is nowhere, a stranger', async () => {
    const office = open()
    const not = await why('crew-1 two-team --connection crew')
    expect(not.people[0]?.memberships).toMatchObject([{ isMember: false, verdict: 'stays', reason: 'group-unfilled' }])
    const nowhere = await succeed(office, 'why crew-1 no-such-group --connection crew --fresh')
    expect(nowhere.said).toContain('No group of the target is called "no-such-group", and no rule makes one.')
    const nobody = await office.type('why nobody@nowhere.example --connection crew --fresh')
    expect([nobody.code, nobody.said]).toEqual([2, expect.stringContaining('Nobody here is called')])
    expect((await office.type('why crew-1 --connection nowhere')).code).toBe(2)
  })

  it('tells what is about to happen to a leaver and a joiner', async () => {
    const office = open()
    const before = nested()
    const people = [...before.people, member('crew', 9)]
    office.write(
      'crew.json',
      JSON.stringify({ ...disabled(before, 'crew-2'), people: disabled({ ...before, people }, 'crew-2').people }),
    )
    const leaver = await why('crew-2 --connection crew')
    expect(leaver.people[0]?.changes.map(({ kind }) => kind)).toContain('account.deactivate')
    const { said } = await succeed(office, 'why crew-9 --connection crew --fresh')
    expect(said).toContain('No account of theirs was found.')
    expect(said).toMatch(/Next: create the account \(.*\); reason: is active at the source and has no account here\./)
  })
})

describe('muster why without reading', () => {
  it('tells at once what is remembered, how old it is, and who gave what in which run', async () => {
    const office = open()
    const { stdout } = await succeed(office, 'why crew-1@acme.example crew-all --connection crew --json')
    const [crew] = (JSON.parse(stdout) as WhyReport).connections
    expect(crew?.facts?.run).toBeGreaterThan(0)
    expect(crew?.remembered[0]).toMatchObject({
      sourceKey: 'crew-1',
      link: { how: 'created' },
      state: { is: 'active' },
      memberships: [{ name: 'crew-all', grants: [{ connection: 'crew', rule: 'groups.byName', adopted: false }] }],
    })
    const kinds = crew?.remembered[0]?.history.map(({ kind, outcome, reason }) => `${kind} ${outcome} ${reason}`)
    expect(kinds).toEqual(['membership.add applied member-at-source', 'account.create applied joined-source'])
    const { said } = await succeed(office, 'why crew-1 crew-all --connection crew')
    expect(said).toMatch(/crew -> acme, as run \d+ read it/)
    expect(said).toMatch(/crew-all: is a member since .* Vouched for by crew \(groups\.byName\), given by run \d+/)
    expect(said).toMatch(/Outcome: applied .*, seen in the target/)
    expect(said).toContain('add --fresh')
    const not = await succeed(office, 'why crew-1 two-team --connection crew')
    expect(not.said).toContain('two-team: is not a member. It is filled by the source group two-team (byName).')
    expect((await office.type('why nobody@nowhere.example')).code).toBe(2)
  })

  it('says without reading whom the last plan left out, and by which rule', async () => {
    const office = open()
    office.write('two.json', JSON.stringify(disabled(team('two'), 'two-3')))
    const users = 'scope: { exclude: [{ memberOf: [two-team] }] }'
    office.write('scoped.yaml', configurationYaml(office.sandbox, { two: 'path: two.json' }, { users }))
    await succeed(office, 'import {scoped.yaml}')
    await succeed(office, 'plan two')
    const { said } = await succeed(office, 'why two-1 --connection two')
    expect(said).toMatch(
      /Run \d+ left the person as they are: has left or is disabled; until the first stage is due nothing changes\. Next is users\.onLeft\[0\], due /,
    )
  })

  it('tells what was so after an earlier run', async () => {
    const office = open()
    const { items } = await office.client.runs.list({ query: { connection: 'crew', limit: 100 } })
    const first = items.at(-1)?.number ?? 0
    const { said } = await succeed(office, `why crew-1 --at ${first}`)
    expect(said).toMatch(/crew-1@acme\.example> had the account/)
    expect(said).toMatch(/crew-all: was a member since/)
    expect(said).toMatch(new RegExp(`Run ${first}: create the account; reason: is active at the source`))
    expect((await office.type('why crew-1 --at 99999')).code).toBe(2)
    expect((await office.type(`why crew-1 --at ${first} --fresh`)).code).toBe(2)
  })
})

describe('muster why with a supposition', () => {
  it('tells what other rules or another record would change, and saves nothing', async () => {
    const office = open()
    const yaml = (groups: string) =>
      `connections:\n  crew: { source: crew, target: acme, groups: { byName: {}${groups} } }\n`
    office.write('rules.yaml', yaml(', defaultsForAll: [everybody]'))
    office.write('record.yaml', 'people:\n  crew-1: { groups: [] }\n')
    office.write('wrong.yaml', yaml(', ownership: mine'))
    await withoutEffect(office.sandbox, async () => {
      const rules = await succeed(office, 'why crew-1 --connection crew --what-if {rules.yaml}')
      expect(rules.said).toContain('Supposed, and not now: + membership.add everybody')
      const record = await succeed(office, 'why crew-1 --connection crew --what-if {record.yaml}')
      expect(record.said).toContain('Supposed, and not now: - membership.remove crew-team')
    })
    const wrong = await office.type('why crew-1 --what-if {wrong.yaml}')
    expect([wrong.code, wrong.said]).toEqual([2, expect.stringContaining('connections.crew.groups.ownership')])
    const exported = await succeed(office, 'export')
    expect(exported.stdout).not.toContain('everybody')
  })
})

describe('muster report', () => {
  it('tells what was done by person, application, time and preset, as a table, JSON and CSV', async () => {
    const office = open()
    const all = await succeed(office, 'report --all --json')
    const { items } = JSON.parse(all.stdout) as { items: ReportRow[] }
    expect(items.map(({ at }) => at)).toEqual(
      items
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    )
    expect(new Set(items.map(({ connection }) => connection))).toEqual(new Set(['crew', 'two']))
    const crew = await succeed(office, 'report --application crew --person crew-1 --preset new-access --json')
    const rows = (JSON.parse(crew.stdout) as { items: ReportRow[] }).items
    expect(rows.map(({ kind, outcome }) => `${kind} ${outcome}`).toSorted()).toEqual([
      'account.create applied',
      'membership.add applied',
      'membership.add applied',
    ])
    expect((await succeed(office, 'report --preset leavers')).said).toContain('Nothing was done that fits.')
    expect((await succeed(office, 'report --until 2020-01-01')).said).toContain('Nothing was done that fits.')
    const { stdout } = await succeed(office, 'report --person crew-1 --csv')
    const csv = parse(stdout, { columns: true }) as Record<string, string>[]
    expect(csv).toHaveLength(3)
    expect(csv[0]).toMatchObject({ connection: 'crew', 'source key': 'crew-1', outcome: 'applied' })
  })

  it('tells who was in a group and what somebody had on a day, and what came in between', async () => {
    const office = open()
    const now = await succeed(office, 'report group crew-all')
    expect(now.said).toMatch(/crew-all in \S+, .*: 3 .*crew-1@acme\.example +since .* by crew/)
    const before = await succeed(office, 'report group crew-all --on 2020-01-01 --and 2100-01-01')
    expect(before.said).toContain('Nothing is known before')
    expect(before.said).toMatch(/\+ .*crew-1@acme\.example/)
    const person = await succeed(office, 'report person crew-1@acme.example --json')
    const [account] = (JSON.parse(person.stdout) as PersonReport).accounts
    expect([account?.state, account?.groups.map(({ name }) => name)]).toEqual(['active', ['crew-all', 'crew-team']])
    expect((await office.type('report person nobody@nowhere.example')).code).toBe(2)
    expect((await office.type('report group nowhere')).code).toBe(2)
  })
})

interface PersonReport {
  readonly accounts: readonly { readonly state?: string; readonly groups: readonly { readonly name: string }[] }[]
}
