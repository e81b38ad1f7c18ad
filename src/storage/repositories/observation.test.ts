import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { directoryKey, noon, sampleRun, savedPlan, takenFence, targetRead } from '../../../test/support/plans.ts'
import { describeOnBothStores, withStore } from '../../../test/support/store.ts'
import type { TargetSnapshot } from '../../domain/snapshot.ts'
import { newId } from '../../platform/ids.ts'
import { type Database, openDatabase, rowsOf } from '../database.ts'
import { observe } from './observation.ts'
import { step } from './observation-steps.ts'
import { directoryNumber } from './registers.ts'

const hour = 3_600_000
const tiny = { read: 4, write: 3 }
const people = Array.from({ length: 14 }, (_, at) => `p${at}`)
const groups = ['a', 'b', 'c', 'd', 'e', 'f']

type Members = Map<string, Set<string>>

/** Numbers below `most`, the same each time. */
function dice(seed: number) {
  let state = seed
  return (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >> 8) % most
  }
}

describeOnBothStores('a read stored in steps', (current) => {
  let database: Database
  beforeAll(async () => {
    database = await openDatabase(current().place.connection)
  })
  afterAll(async () => await database.close())

  const observed = async (read: TargetSnapshot, sizes = tiny) =>
    await observe(database, (await current().store.runs.create(sampleRun())).id, read, sizes)
  const open = async () =>
    (
      await rowsOf<{ pair: string }>(
        database.kysely,
        sql`select g.group_id || ' ' || a.account_id as pair from membership m join directory_group g on g.no = m.grp
            join directory_account a on a.no = m.account where m.until is null order by g.group_id collate "C", a.account_id collate "C"`,
      )
    ).map(({ pair }) => pair)
  const states = async () =>
    (
      await rowsOf<{ id: string }>(
        database.kysely,
        sql`select a.account_id as id from account_state s join directory_account a on a.no = s.account
            where s.until is null order by a.account_id collate "C"`,
      )
    ).map(({ id }) => id)

  it('ends as one that is compared as a whole, whatever was complete', async () => {
    const roll = dice(7)
    const believed: Members = new Map()
    let known = new Set<string>()
    for (let round = 1; round <= 12; round += 1) {
      const present = people.filter(() => roll(10) > 1)
      const told = groups.filter(() => roll(10) > 2)
      const members = new Map(told.map((name) => [name, present.filter(() => roll(10) < (round % 4) * 3)]))
      const [accountsComplete, groupsComplete] = [roll(3) > 0, roll(3) > 0]
      const incomplete = new Set(told.filter(() => roll(5) === 0))
      const untold = new Set(present.filter(() => roll(8) === 0))
      const read: TargetSnapshot = {
        ...targetRead({}),
        id: newId(noon),
        takenAt: noon + round * hour,
        accounts: present.map((id) => ({ id, kind: 'person', state: 'active', email: `${id}@example.test` })),
        groups: [...members].map(([name, list]) => ({
          id: `group-${name}`,
          name,
          grantsAdmin: false,
          accounts: Int32Array.from(list, (id) => present.indexOf(id)),
          membersComplete: !incomplete.has(name),
        })),
        membershipsUnknown: new Set([...untold].map((id) => present.indexOf(id))),
        accountsComplete,
        groupsComplete,
      }
      let [opened, closed] = [0, 0]
      for (const id of present) if (!known.has(id)) opened += 1
      if (accountsComplete) closed += [...known].filter((id) => !present.includes(id)).length
      known = new Set(accountsComplete ? present : [...known, ...present])
      for (const name of groups) {
        const seen = members.get(name)
        const before = believed.get(name) ?? new Set()
        const removes = seen === undefined ? groupsComplete : !incomplete.has(name)
        const after = new Set([...before].filter((id) => !removes || untold.has(id) || seen?.includes(id)))
        closed += before.size - after.size
        for (const id of seen ?? []) {
          if (!after.has(id)) opened += 1
          after.add(id)
        }
        believed.set(name, after)
      }
      expect(await observed(read)).toEqual({ opened, closed })
      expect(await open()).toEqual(
        [...believed].flatMap(([name, set]) => [...set].map((id) => `group-${name} ${id}`)).sort(),
      )
      expect(await states()).toEqual([...known].sort())
    }
  })

  it('reads a group that lost more members than one statement reads', async () => {
    await observed(targetRead({ all: people, some: people.slice(0, 9) }))
    expect(await observed(targetRead({ all: ['p3'] }, { takenAt: noon + hour }))).toEqual({ opened: 0, closed: 35 })
    expect(await open()).toEqual(['group-all p3'])
  })

  it('takes nothing back of what a run wrote between two of its steps', async () => {
    const { store } = current()
    await observed(targetRead({ dev: people }))
    const { plan, run } = await savedPlan(store, [])
    const fence = await takenFence(store)
    await store.plans.record(
      plan.id,
      run.id,
      fence,
      [],
      [
        { lesson: 'member', groupId: 'group-dev', accountId: 'p1', present: false },
        { lesson: 'member', groupId: 'group-ops', accountId: 'p2', present: true },
      ],
    )
    const read = targetRead({ dev: people, ops: [] }, { takenAt: noon + hour })
    expect(await observed(read)).toEqual({ opened: 0, closed: 0 })
    expect(await open()).toHaveLength(people.length)
  })

  it('that broke off leaves what it said, and the next one stores the rest', async () => {
    const { store } = current()
    await observed(targetRead({ dev: people.slice(0, 3) }))
    const read = targetRead({ dev: people }, { takenAt: noon + hour })
    const broken = {
      ...read,
      accounts: read.accounts.map((account) =>
        account.id === 'p9' ? { ...account, state: 'nonsense' as 'active' } : account,
      ),
    }
    await expect(observed(broken)).rejects.toMatchObject({ code: 'bug' })
    expect((await states()).length).toBeGreaterThan(3)
    expect(await open()).toHaveLength(3)
    await observed({ ...read, takenAt: noon + 2 * hour })
    expect(await states()).toHaveLength(people.length)
    expect(
      (await store.directories.members(directoryKey, 'group-dev')).map(({ accountId }) => accountId).sort(),
    ).toEqual([...people].sort())
  })

  it('enters nothing under a key that the directory lost meanwhile', async () => {
    const { store } = current()
    await observed(targetRead({ dev: people }))
    const read = targetRead({ dev: [] }, { takenAt: noon + hour })
    const directory = await directoryNumber(database.kysely, directoryKey)
    const moment = { run: 1, at: read.takenAt }
    await store.directories.rekey({ from: directoryKey, to: 'atlassian:acme/other', groups: new Map(), at: noon })
    const nothing = async () => expect.unreachable()
    await expect(step({ database, snapshot: read, directory, moment, sizes: tiny }, nothing)).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await store.directories.holdings(directoryKey)).toBeUndefined()
  })
})

describe('the embedded store while a read is stored', () => {
  it('answers others between its steps', async () => {
    await withStore('embedded', async ({ store }) => {
      const members = Array.from({ length: 3_000 }, (_, at) => `person-${at}`)
      const run = await store.runs.create(sampleRun())
      let isStored = false
      const storing = store.directories
        .observe(run.id, targetRead({ one: members, two: members, three: members, four: members }))
        .finally(() => {
          isStored = true
        })
      let answers = 0
      while (!isStored) {
        await store.runs.list({}, { limit: 5 })
        answers += 1
      }
      await storing
      expect(answers).toBeGreaterThan(5)
    })
  })
})
