import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { cli } from '../support/cli-environment.ts'
import { sharedProgram } from '../support/program.ts'
import { openDesk, type Planned, settledDesk, short } from './desk.ts'
import { member, personOf, team } from './office.ts'

const current = sharedProgram()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
})

const here = () => ({ program: current(), site: sandbox })

/** The record that this installation keeps with somebody, as any client of the site can read it. */
function recordOf(key: string, number = 1) {
  const [properties = {}] = Object.values(personOf(sandbox, member(key, number).mail)?.properties ?? {})
  return properties[`muster-${current().store.instanceId}`]
}

type Values = Readonly<Record<string, string | null>>

/** A team of one whose record has these attributes beside the usual ones. */
function withValues(key: string, values: Values) {
  const { people, groups } = team(key, 1)
  return { groups, people: people.map((person) => ({ ...person, ...values })) }
}

const badge =
  'onLeft: [{ after: 0d, action: deactivate }], customAttributes: { badge: { name: Badge number, from: employeeNumber }, cost: costCentre }'

const typed = async (line: string) => {
  const { url, tokenWith } = current()
  const token = await tokenWith(['admin', 'approver'])
  const fetchWith: typeof fetch = (to, init) =>
    fetch(to, { ...init, headers: { ...(init?.headers as Record<string, string>), authorization: `Bearer ${token}` } })
  const answer = await cli(line.split(' '), { api: { baseUrl: url, fetch: fetchWith } })
  return `${answer.stdout}\n${answer.stderr}`.replaceAll(/\s*\n\s*/g, ' ')
}

const changeOf = ({ changes }: Planned, kind = 'custom.update') => changes.find((each) => each.kind === kind)

describe('custom attributes', () => {
  it('go with a new account, are proven, stay as they are, follow the source and are emptied where they were ours', async () => {
    const saved = withValues('badge', { employeeNumber: '4711', costCentre: 'C-1' })
    const desk = await openDesk(here(), 'badge', { users: badge, saved })
    const planned = await desk.plan()
    expect(changeOf(planned)).toMatchObject({
      after: { badge: '4711', cost: 'C-1' },
      sentence: 'an attribute differs from what the source says',
      rule: 'users.customAttributes',
      state: 'ready',
    })
    expect(planned.plan.summary.notices.join()).toContain('people do not see it in Jira')
    const first = await desk.apply(planned)
    expect([first.run.state, changeOf(first)?.verifiedAt]).toEqual(['applied', expect.any(String)])
    expect(recordOf('badge')).toEqual({
      source: 'badge',
      key: 'badge-1',
      attributes: { badge: '4711', cost: 'C-1' },
    })
    expect((await desk.sync()).changes).toEqual([])

    desk.save(withValues('badge', { employeeNumber: '4712', costCentre: null }))
    const second = await desk.sync()
    expect(short(second)).toEqual(['custom.update applied'])
    expect(changeOf(second)).toMatchObject({
      before: { badge: '4711', cost: 'C-1' },
      after: { badge: '4712', cost: null },
    })
    expect(recordOf('badge')).toMatchObject({ attributes: { badge: '4712' } })
    expect((await desk.sync()).changes).toEqual([])

    const shown = await typed(`runs ${second.run.number}`)
    expect(shown).toContain('Badge number: "4711" -> "4712"')
    expect(shown).toContain('cost: "C-1" -> (none)')
    expect(await typed('find badge badge-1')).toContain('Custom attributes: Badge number "4712", cost (empty).')
    expect(await typed('connections show badge')).toContain('kept where people do not see it')
  })

  it('are shown under another name without a change, and come back by an undo', async () => {
    const saved = withValues('undone', { employeeNumber: '1' })
    const desk = await settledDesk(here(), 'undone', { users: badge, saved })
    desk.save(withValues('undone', { employeeNumber: '2' }))
    expect(recordOf('undone')).toMatchObject({ attributes: { badge: '1' } })
    const wrong = await desk.sync()
    expect(short(wrong)).toEqual(['custom.update applied'])
    expect(recordOf('undone')).toMatchObject({ attributes: { badge: '2' } })

    const renamed = badge.replace('Badge number', 'Ausweis')
    const again = await openDesk(here(), 'undone', {
      users: renamed,
      saved: withValues('undone', { employeeNumber: '2' }),
    })
    const same = await again.plan()
    expect([same.changes, same.plan.guards.filter(({ tripped }) => tripped)]).toEqual([[], []])
    expect(await typed(`runs ${wrong.run.number}`)).toContain('Ausweis: "1" -> "2"')

    const { client } = current()
    const { id } = await client.runs.undo({ params: { run: String(wrong.run.number) } })
    for await (const { state } of client.runs.events({ params: { run: id } })) if (state !== 'planning') break
    const undo = await current().store.runs.get(id)
    const plan = await client.plans.get({ params: { plan: undo?.planId ?? '' } })
    await client.plans.approve({
      params: { plan: plan.id },
      body: { fingerprint: plan.fingerprint, release: { all: true } },
    })
    const done = await (await current().runner.apply(plan.id, 'os:tester')).done
    expect(done.state).toBe('applied')
    expect(recordOf('undone')).toMatchObject({ attributes: { badge: '1' } })
    again.save(withValues('undone', { employeeNumber: '1' }))
    expect((await again.plan()).changes).toEqual([])
  })

  it('are refused where the target has no place for them', async () => {
    const { client } = current()
    await openDesk(here(), 'keyless')
    const { document } = await client.targets.get({ params: { key: 'acme' } })
    const { email: _, apiToken: __, ...keyOnly } = document
    await client.targets.put({ params: { key: 'key-only' }, body: { document: keyOnly } })
    const put = client.connections.put({
      params: { key: 'nowhere' },
      body: {
        document: { source: 'keyless', target: 'key-only', users: { customAttributes: { badge: 'employeeNumber' } } },
      },
    })
    await expect(put).rejects.toThrow('connections.nowhere.users.customAttributes.badge cannot be kept')
  })
})
