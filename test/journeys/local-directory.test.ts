import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sharedProgram } from '../support/program.ts'

// The built-in directory as it is filled by a connection, and as it decides which connections take its groups.

const current = sharedProgram()

const configuration = {
  sources: {
    corp: { type: 'file', path: 'corp.json' },
    contractors: { type: 'local' },
    branch: { type: 'local' },
  },
  targets: {
    contractors: { type: 'local', directory: 'contractors' },
    branch: { type: 'local', directory: 'branch' },
  },
  connections: {
    fill: {
      ...{ source: 'corp', target: 'contractors', mode: 'automatic', groups: { byName: {} } },
      users: {
        onLeft: [{ after: '0d', action: 'deactivate' }],
        customAttributes: { floor: { name: 'Floor', from: 'floor' } },
      },
    },
    onward: { source: 'contractors', target: 'branch', mode: 'automatic', groups: { byName: {} } },
  },
}

interface Someone {
  readonly login: string
  readonly name?: string
  readonly floor?: string
}

/** Saves the file with these people, all of them in the group Dev. */
function saveCorp(people: readonly Someone[]): string {
  const text = JSON.stringify({
    people: people.map(({ login, name = login, floor = '1' }) => ({
      ...{ id: `c-${login}`, login, mail: `${login}@acme.example`, displayName: name, active: true, floor },
    })),
    groups: [{ id: 'g1', name: 'Dev', members: people.map(({ login }) => ({ id: `c-${login}` })) }],
  })
  writeFileSync(join(current().folder, 'corp.json'), text)
  return text
}

const by = { trigger: 'cli', startedBy: 'os:tester' } as const

async function plan(connection: string) {
  const { client, runner } = current()
  const { planId = '', error } = await (await runner.start(connection, { ...by, kind: 'preview' })).done
  expect(error).toBeUndefined()
  const { items } = await client.plans.changes({ params: { plan: planId }, query: { limit: 200 } })
  return {
    planId,
    changes: items,
    kinds: items.map(({ kind, accountLabel, groupLabel, state }) =>
      [kind, accountLabel ?? groupLabel, state].join(' '),
    ),
  }
}

async function carryOut(planId: string) {
  const { client, runner } = current()
  const { fingerprint } = await client.plans.get({ params: { plan: planId } })
  await client.plans.approve({ params: { plan: planId }, body: { fingerprint, release: { all: true } } })
  return (await runner.apply(planId, 'os:tester')).done
}

/** login -> "active or not, name, floor, groups" of everybody in the directory. */
async function held(source: string) {
  const { local } = current().client
  const inGroup = new Map<string, string[]>()
  const groups = await local.groups({ params: { source }, query: { limit: 100 } })
  for (const { key, name } of groups.items) {
    const { items } = await local.members({ params: { source, key }, query: { limit: 100 } })
    for (const member of items) inGroup.set(member.key, [...(inGroup.get(member.key) ?? []), name])
  }
  const { items } = await local.people({ params: { source }, query: { limit: 100 } })
  return Object.fromEntries(
    items.map(({ key, userName, active, attributes }) => [
      userName,
      [active ? 'active' : 'off', attributes.displayName, attributes.floor ?? '-', ...(inGroup.get(key) ?? [])].join(
        ' ',
      ),
    ]),
  )
}

describe('a built-in directory that a connection fills', () => {
  beforeAll(async () => {
    await current().applyFile(JSON.stringify(configuration))
    const { local } = current().client
    const source = 'contractors'
    const enter = (userName: string, more: object = {}) =>
      local.putPerson({
        params: { source, key: userName },
        body: {
          userName,
          attributes: { mail: `${userName}@acme.example`, displayName: `${userName} by hand` },
          ...more,
        },
      })
    await enter('ann')
    await enter('hand')
    await enter('eve', { protected: true })
    await local.putGroup({ params: { source, key: 'board' }, body: { name: 'Board', connections: [] } })
    await local.addMember({ params: { source, key: 'board' }, body: { kind: 'user', key: 'hand' } })
  })

  it('is changed as reviewed, and never where somebody was entered by hand or is protected', async () => {
    saveCorp([{ login: 'ann' }, { login: 'bob' }, { login: 'cid', floor: '2' }, { login: 'eve' }])
    const before = await held('contractors')
    const first = await plan('fill')
    expect(first.kinds).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^account\.adopt ann/),
        expect.stringMatching(/^account\.create bob/),
        expect.stringMatching(/^account\.update eve.* blocked$/),
      ]),
    )
    expect(await held('contractors')).toEqual(before)
    const { state } = await carryOut(first.planId)
    expect(['applied', 'partial']).toContain(state)
    expect(await held('contractors')).toEqual({
      ann: 'active ann 1 Dev',
      bob: 'active bob 1 Dev',
      cid: 'active cid 2 Dev',
      eve: 'active eve by hand -',
      hand: 'active hand by hand - Board',
    })
    expect((await plan('fill')).changes.filter((change) => change.state !== 'blocked')).toEqual([])
  })

  it('loses nobody by half a file, deactivates who left, and an undo brings them back', async () => {
    const { client, runner } = current()
    const whole = saveCorp([{ login: 'ann' }, { login: 'cid', floor: '2' }])
    writeFileSync(join(current().folder, 'corp.json'), whole.slice(0, -30))
    const before = await held('contractors')
    const cut = await (await runner.start('fill', { ...by, kind: 'full' })).done
    expect(cut.state).toBe('failed')
    expect(await held('contractors')).toEqual(before)

    saveCorp([{ login: 'ann' }, { login: 'cid', floor: '2' }])
    const left = await plan('fill')
    expect(left.kinds).toContainEqual(expect.stringMatching(/^account\.deactivate bob/))
    expect(left.kinds.filter((kind) => /hand@|Board/.test(kind))).toEqual([])
    const run = await carryOut(left.planId)
    expect(await held('contractors')).toMatchObject({ bob: expect.stringMatching(/^off/), eve: 'active eve by hand -' })

    const undoing = await client.runs.undo({ params: { run: String(run.number) } })
    for await (const { state } of client.runs.events({ params: { run: undoing.id } })) if (state !== 'planning') break
    const undo = await current().store.runs.get(undoing.id)
    await carryOut(undo?.planId ?? '')
    expect((await held('contractors')).bob).toMatch(/^active/)
  })

  it('gives a group to the connections it names, and only to those', async () => {
    const { local } = current().client
    const params = { source: 'contractors', key: 'board' }
    const groups = async () =>
      (await plan('onward')).changes.filter(({ kind }) => kind === 'group.create').map(({ groupLabel }) => groupLabel)
    expect(await groups()).toEqual(['Dev'])
    await expect(local.putGroup({ params, body: { name: 'Board', connections: ['fill'] } })).rejects.toMatchObject({
      code: 'config-invalid',
    })
    await local.putGroup({ params, body: { name: 'Board', connections: ['onward'] } })
    expect((await groups()).toSorted()).toEqual(['Board', 'Dev'])
    const saved = await local.putGroup({ params, body: { name: 'Board', protected: true } })
    expect(saved).toMatchObject({ connections: ['onward'], protected: true })
    await local.putGroup({ params, body: { name: 'Board', connections: null } })
    expect((await groups()).toSorted()).toEqual(['Board', 'Dev'])
  })

  it('is not read by the connection that fills it, and stays as long as a target fills it', async () => {
    const { client } = current()
    const body = { document: { ...configuration.connections.fill, source: 'contractors' } }
    await expect(client.connections.put({ params: { key: 'circle' }, body })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('which is also where this connection reads'),
    })
    await client.sources.put({ params: { key: 'depot' }, body: { document: { type: 'local' } } })
    await client.targets.put({ params: { key: 'depot' }, body: { document: { type: 'local', directory: 'depot' } } })
    await expect(client.sources.delete({ params: { key: 'depot' } })).rejects.toMatchObject({ code: 'config-invalid' })
    const forth = { document: { ...configuration.connections.fill, source: 'contractors', target: 'depot' } }
    await client.connections.put({ params: { key: 'forth' }, body: forth })
    const back = { document: { ...configuration.connections.fill, source: 'depot' } }
    await expect(client.connections.put({ params: { key: 'back' }, body: back })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('from which "forth" fills "depot", where this connection reads'),
    })
    // The one that goes forth is no circle by itself when it is saved anew.
    await client.connections.put({ params: { key: 'forth' }, body: forth })
  })

  it('keeps two people apart whom two sources number alike', async () => {
    const { client } = current()
    const one = (login: string) => {
      const people = [{ id: '1', login, mail: `${login}@acme.example`, displayName: login, active: true }]
      writeFileSync(join(current().folder, `${login}.json`), JSON.stringify({ people, groups: [] }))
    }
    await client.sources.put({ params: { key: 'shared' }, body: { document: { type: 'local' } } })
    await client.targets.put({ params: { key: 'shared' }, body: { document: { type: 'local', directory: 'shared' } } })
    for (const login of ['employee', 'freelancer']) {
      one(login)
      const document = { type: 'file', path: `${login}.json` }
      await client.sources.put({ params: { key: login }, body: { document } })
      const rules = { source: login, target: 'shared', mode: 'review', groups: { byName: {} } }
      await client.connections.put({ params: { key: login }, body: { document: rules } })
      const { planId, kinds } = await plan(login)
      expect(kinds).toEqual([expect.stringMatching(new RegExp(`^account.create ${login}`))])
      await carryOut(planId)
    }
    expect(Object.keys(await held('shared')).toSorted()).toEqual(['employee', 'freelancer'])
  })
})
