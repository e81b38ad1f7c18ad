import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { RunView } from '../../src/contract/runs.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { cli } from '../support/cli-environment.ts'
import { sharedProgram, startProgram } from '../support/program.ts'
import { type Desk, openDesk, type Planned, settledDesk, short } from './desk.ts'
import { disabled, joined, member, personOf, team, withoutMember } from './office.ts'

const current = sharedProgram()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
})

const here = () => ({ program: current(), site: sandbox })

/** For another installation: two of them do not write to one directory. */
async function siteOfItsOwn(): Promise<Sandbox> {
  const site = await startSandbox()
  onTestFinished(() => site.stop())
  return site
}

const email = (key: string, number: number) => member(key, number).mail
const groupsOf = (key: string, number: number) => personOf(sandbox, email(key, number))?.groups
const stateOf = (key: string, number: number) =>
  Object.values(personOf(sandbox, email(key, number))?.directories ?? {})[0]
const kinds = ({ changes }: Planned) => changes.map(({ kind }) => kind)

/** The team with a second group, as a wrong table or a mistake at the source would make it. */
function withWrongGroup(key: string, ids = [1, 2, 3]) {
  const members = ids.map((number) => ({ id: `${key}-${number}` }))
  const before = team(key)
  return { ...before, groups: [...before.groups, { id: `${key}-w`, name: `${key}-wrong`, members }] }
}

/** Plans the undo of a run, as the API does, and waits for it. */
async function undo(
  desk: Desk,
  { run: { number } }: Pick<Planned, 'run'>,
  part?: { readonly person: string } | { readonly changes: [number, ...number[]] },
): Promise<Planned> {
  const { runs } = desk.program.client
  const params = { run: String(number) }
  return plannedBy(desk, await (part === undefined ? runs.undo({ params }) : runs.undoPart({ params, body: part })))
}

async function plannedBy({ program: { client, store } }: Desk, started: RunView): Promise<Planned> {
  for await (const { state } of client.runs.events({ params: { run: started.id } })) if (state !== 'planning') break
  const run = await store.runs.get(started.id)
  if (run?.planId === undefined) throw new Error(`The run came to no plan: ${JSON.stringify(run?.error)}`)
  const plan = await client.plans.get({ params: { plan: run.planId } })
  const { items } = await client.plans.changes({ params: { plan: plan.id }, query: { limit: 200 } })
  return { run, plan, changes: items }
}

const refused = (desk: Desk, run: number | string) =>
  desk.program.client.runs.undo({ params: { run: String(run) } }).catch((error: unknown) => error)

describe('a wrong group that was applied', () => {
  it('is taken back as planned and verified, and the run says by which one', async () => {
    const desk = await settledDesk(here(), 'wrong')
    desk.save(withWrongGroup('wrong'))
    const wrong = await desk.sync()
    expect(wrong.run.state).toBe('applied')
    expect(groupsOf('wrong', 1)).toEqual(['wrong-team', 'wrong-wrong'])

    const planned = await undo(desk, wrong)
    expect(planned.run).toMatchObject({ kind: 'undo', state: 'held', undoOf: wrong.run.number })
    expect(kinds(planned)).toEqual(Array(3).fill('membership.remove'))
    expect(planned.changes[0]).toMatchObject({ reason: 'undo-of-run', rule: `undo of run ${wrong.run.number}` })
    expect(planned.plan.summary.notices.join('\n')).toContain('The next run of "wrong" will plan these again')
    expect(planned.plan.summary.notices.join('\n')).toContain('groups are never deleted by Muster')
    expect((await desk.program.store.runs.get(wrong.run.id))?.undoneBy).toBeUndefined()

    const applied = await desk.apply(planned)
    expect(applied.run.state).toBe('applied')
    expect(applied.changes.every(({ outcome, verifiedAt }) => outcome === 'applied' && verifiedAt)).toBe(true)
    expect([1, 2, 3].map((number) => groupsOf('wrong', number))).toEqual(Array(3).fill(['wrong-team']))
    const { client } = desk.program
    expect(await client.runs.get({ params: { run: String(wrong.run.number) } })).toMatchObject({
      state: 'applied',
      undoneBy: applied.run.number,
    })
    expect(await refused(desk, wrong.run.number)).toMatchObject({ code: 'conflict' })
  })

  it('waits for a person in automatic mode too, and so does the next run, which plans the same again', async () => {
    const desk = await settledDesk(here(), 'again')
    desk.save(withWrongGroup('again'))
    const wrong = await desk.sync()
    const planned = await undo(desk, wrong)
    const apply = desk.program.runner.apply(planned.plan.id, 'os:tester')
    await expect(apply).rejects.toMatchObject({ code: 'guard-tripped' })
    expect((await desk.apply(planned)).run.state).toBe('applied')

    const next = await desk.sync()
    expect(next.run.state).toBe('held')
    expect(next.plan.guards.filter(({ tripped }) => tripped).map(({ guard }) => guard)).toEqual(['guard:undone'])
    expect(kinds(next)).toEqual(Array(3).fill('membership.add'))
    expect(groupsOf('again', 1)).toEqual(['again-team'])

    // Corrected at the source there is nothing left to plan, and nobody is asked again.
    desk.save(team('again'))
    const corrected = await desk.sync()
    expect([corrected.run.state, corrected.changes]).toEqual(['applied', []])
    desk.save(withoutMember(team('again'), 'again-1'))
    expect((await desk.sync()).run.state).toBe('applied')
  })
})

describe('an undo of a part', () => {
  it('takes back what was done to one person, then some changes, then the rest', async () => {
    const desk = await settledDesk(here(), 'part')
    desk.save(withWrongGroup('part'))
    const wrong = await desk.sync()
    const groups = () => [1, 2, 3].map((number) => groupsOf('part', number)?.length)
    expect(groups()).toEqual([2, 2, 2])

    // What does not fit is told at once, and leaves no failed run behind.
    const misfit = { code: 'not-found', message: expect.stringContaining(`Run ${wrong.run.number} did`) }
    await expect(undo(desk, wrong, { person: 'part' })).rejects.toMatchObject(misfit)
    await expect(undo(desk, wrong, { changes: [99] })).rejects.toMatchObject(misfit)
    const one = await undo(desk, wrong, { person: 'part-1' })
    expect(one.run.number).toBe(wrong.run.number + 1)
    expect(one.run.undoPart).toEqual({ person: 'part-1' })
    expect(one.plan.guards.map(({ sentence }) => sentence).join()).toContain('This takes back a part of run')
    expect((await desk.apply(one)).run.state).toBe('applied')
    expect(groups()).toEqual([1, 2, 2])

    const { seq } =
      wrong.changes.find(({ kind, person }) => kind === 'membership.add' && person?.key === 'part-2') ?? {}
    const some = await undo(desk, wrong, { changes: [seq ?? 0] })
    expect(some.changes.map(({ kind, person }) => [kind, person?.key])).toEqual([['membership.remove', 'part-2']])
    expect((await desk.apply(some)).run.state).toBe('applied')
    expect(groups()).toEqual([1, 1, 2])

    expect((await desk.apply(await undo(desk, wrong))).run.state).toBe('applied')
    expect(groups()).toEqual([1, 1, 1])
  })
})

describe('an undo', () => {
  it('gives back people who were deactivated and memberships that were taken', async () => {
    const desk = await settledDesk(here(), 'back')
    desk.save(disabled(withoutMember(team('back'), 'back-2'), 'back-1'))
    const wrong = await desk.sync()
    expect([stateOf('back', 1), groupsOf('back', 2)]).toEqual(['suspended', []])
    const applied = await desk.apply(await undo(desk, wrong))
    expect(short(applied)).toEqual(['account.activate applied', 'membership.add applied'])
    expect([stateOf('back', 1), groupsOf('back', 1), groupsOf('back', 2)]).toEqual([
      'active',
      ['back-team'],
      ['back-team'],
    ])

    // It stands under its old rule: ours as before, so the source may end it.
    const again = await desk.apply(await desk.plan())
    expect(short(again)).toEqual(['account.deactivate applied', 'membership.remove applied'])
  })

  it('of a first run releases what was adopted and deactivates who was created', async () => {
    const first = 'first'
    sandbox.control.edit({ action: 'add-person', email: email(first, 1) })
    sandbox.control.edit({ action: 'add-group', group: 'first-team' })
    sandbox.control.edit({ action: 'add-member', group: 'first-team', email: email(first, 1) })
    const desk = await openDesk(here(), first, { saved: team(first, 2) })
    const run = await desk.apply(await desk.plan())
    expect(kinds(run).filter((kind) => /adopt|create/.test(kind))).toEqual([
      'account.adopt',
      'group.adopt',
      'membership.adopt',
      'account.create',
    ])
    const applied = await desk.apply(await undo(desk, run))
    expect(short(applied)).toEqual([
      'membership.release applied',
      'account.deactivate applied',
      'account.release applied',
    ])
    expect([stateOf(first, 1), groupsOf(first, 1)]).toEqual(['active', ['first-team']])
    expect([stateOf(first, 2), groupsOf(first, 2)]).toEqual(['suspended', ['first-team']])
    const { directories } = desk.program.store
    const memory = await directories.memory(first, first, applied.plan.directoryKey, Date.now())
    expect(memory.links.filter(({ source }) => source === first).map(({ sourceKey }) => sourceKey)).toEqual(['first-2'])
    const granted = memory.grants.filter(({ connection }) => connection === first)
    expect(granted.map(({ accountIds }) => accountIds.length)).toEqual([1])
    // Undone, the first run can be made again: who was adopted is found, who was created comes back.
    const again = await desk.apply(await desk.plan())
    expect(again.run.state).toBe('applied')
    expect([stateOf(first, 2), groupsOf(first, 2)]).toEqual(['active', ['first-team']])
  })

  it('leaves alone what others did before and since', async () => {
    const desk = await settledDesk(here(), 'since')
    sandbox.control.edit({ action: 'add-group', group: 'since-wrong' })
    sandbox.control.edit({ action: 'add-member', group: 'since-wrong', email: email('since', 1) })
    desk.save(withWrongGroup('since'))
    const planned = await desk.plan()
    const wrong = await desk.apply(planned)
    expect(kinds(wrong).filter((kind) => kind.startsWith('membership'))).toEqual([
      'membership.adopt',
      'membership.add',
      'membership.add',
    ])
    // Meanwhile: one is taken out by hand, another one is suspended, a stranger comes in.
    sandbox.control.edit({ action: 'remove-member', group: 'since-wrong', email: email('since', 2) })
    sandbox.control.edit({ action: 'add-person', email: 'stranger@acme.example' })
    sandbox.control.edit({ action: 'add-member', group: 'since-wrong', email: 'stranger@acme.example' })
    const applied = await desk.apply(await undo(desk, wrong))
    expect(short(applied)).toEqual([
      'membership.release applied',
      'membership.release applied',
      'membership.remove applied',
    ])
    expect([1, 2, 3].map((number) => groupsOf('since', number)?.includes('since-wrong'))).toEqual([true, false, false])
    expect(personOf(sandbox, 'stranger@acme.example')?.groups).toContain('since-wrong')
  })

  it('finds what somebody took back between its plan and its approval', async () => {
    const desk = await settledDesk(here(), 'meanwhile')
    desk.save(withWrongGroup('meanwhile'))
    const planned = await undo(desk, await desk.sync())
    sandbox.control.edit({ action: 'remove-member', group: 'meanwhile-wrong', email: email('meanwhile', 2) })
    const applied = await desk.apply(planned)
    expect(short(applied).sort()).toEqual([
      'membership.remove alreadyTrue',
      'membership.remove applied',
      'membership.remove applied',
    ])
    expect(applied.run.state).toBe('applied')
  })

  it('can be undone itself', async () => {
    const desk = await settledDesk(here(), 'twice')
    desk.save(withWrongGroup('twice', [1, 2]))
    const run = await desk.sync()
    const undone = await desk.apply(await undo(desk, run))
    const redone = await desk.apply(await undo(desk, undone))
    expect(redone.run).toMatchObject({ state: 'applied', undoOf: undone.run.number })
    expect(groupsOf('twice', 1)).toEqual(['twice-team', 'twice-wrong'])
    // Everything is as after the run: the source has nothing to add, and the run can be undone once more.
    expect((await desk.plan()).changes).toEqual([])
    expect((await desk.apply(await undo(desk, run))).run.state).toBe('applied')
    expect(groupsOf('twice', 1)).toEqual(['twice-team'])
  })

  it('of a run that was applied in part takes back that part, and the rest never goes on', async () => {
    const desk = await settledDesk(here(), 'part')
    desk.save(withWrongGroup('part'))
    const planned = await desk.plan()
    sandbox.control.edit({ action: 'suspend', email: email('part', 3) })
    const part = await desk.apply(planned)
    expect(part.run.state).toBe('partial')
    const applied = await desk.apply(await undo(desk, part))
    expect(short(applied)).toEqual(['membership.remove applied', 'membership.remove applied'])
    expect([1, 2, 3].map((number) => groupsOf('part', number))).toEqual(Array(3).fill(['part-team']))
    const goOn = desk.program.runner.apply(part.plan.id, 'os:tester')
    await expect(goOn).rejects.toMatchObject({ code: 'stale-plan' })
  })

  it('moves neither the last good read nor departures', async () => {
    const desk = await settledDesk(here(), 'still')
    const { snapshots, directories } = desk.program.store
    const { people, groups } = withoutMember(team('still'), 'still-1')
    desk.save({ people: people.filter(({ id }) => id !== 'still-1'), groups })
    const run = await desk.sync()
    const known = async () => ({
      read: await snapshots.lastGood('still'),
      departures: (await directories.memory('still', 'still', run.plan.directoryKey, Date.now())).departures,
    })
    const before = await known()
    expect(before.departures).toHaveLength(1)
    expect((await desk.apply(await undo(desk, run))).run.state).toBe('applied')
    expect(await known()).toEqual(before)
  })

  it('is refused for what changed nothing, is unknown or waits', async () => {
    const desk = await settledDesk(here(), 'refused')
    const preview = await desk.plan()
    expect(await refused(desk, preview.run.number)).toMatchObject({ code: 'conflict' })
    expect(await refused(desk, 999_999)).toMatchObject({ code: 'not-found' })
    const viewer = await desk.program.clientWith(['viewer'])
    await expect(viewer.runs.undo({ params: { run: '1' } })).rejects.toMatchObject({ code: 'not-allowed' })
  })

  it('is a preview where the connection is preview only', async () => {
    const [program, site] = [await startProgram(), await siteOfItsOwn()]
    const desk = await settledDesk({ program, site }, 'look')
    desk.save(withWrongGroup('look'))
    const run = await desk.sync()
    const preview = await openDesk({ program, site }, 'look', {
      saved: withWrongGroup('look'),
      mode: 'preview',
    })
    const planned = await undo(preview, run)
    expect(planned.run.state).toBe('planned')
    await expect(preview.apply(planned)).rejects.toMatchObject({ code: 'config-invalid' })
    expect(personOf(site, email('look', 1))?.groups).toEqual(['look-team', 'look-wrong'])
  })
})

describe('an undo of everything since a time', () => {
  it('folds several runs into one plan, and the site is as it was before the first of them', async () => {
    const key = 'many'
    const desk = await settledDesk(here(), key)
    const { client } = desk.program
    sandbox.control.edit({ action: 'add-group', group: 'many-wrong' })
    const before = sandbox.control.digest()
    const since = new Date(Date.now() + 1).toISOString()
    const undoSince = async (person?: string) => {
      const body = { since, ...(person === undefined ? {} : { person }) }
      return plannedBy(desk, await client.connections.undoSince({ params: { key }, body }))
    }
    const none = { code: 'conflict', message: expect.stringContaining('"many" changed nothing since') }
    await expect(undoSince()).rejects.toMatchObject(none)

    desk.save(withWrongGroup(key))
    const first = await desk.sync()
    desk.save(disabled(withWrongGroup(key, [1, 3]), 'many-1'))
    const second = await desk.sync()
    expect(kinds(second)).toEqual(['account.deactivate', 'membership.remove'])
    desk.save(withWrongGroup(key, [1, 3]))
    const third = await desk.sync()
    expect([first, second, third].map(({ run }) => run.state)).toEqual(Array(3).fill('applied'))
    const runs = [first, second, third].map(({ run }) => run.number)

    // One person first: whoever is not known by that name leaves no failed run behind.
    await expect(undoSince('nobody')).rejects.toMatchObject({ code: 'not-found' })
    const one = await undoSince('many-3')
    expect(one.run).toMatchObject({ kind: 'undo', state: 'held', undoSince: { person: 'many-3', runs } })
    expect(short(await desk.apply(one))).toEqual(['membership.remove applied'])
    expect((await client.runs.get({ params: { run: String(runs[0]) } })).undoneBy).toBeUndefined()

    // Together: who was added and removed again, suspended and reactivated again, is nobody to be touched.
    const planned = await undoSince()
    expect(planned.changes.map(({ kind, person, rule }) => [kind, person?.key, rule])).toEqual([
      ['membership.remove', 'many-1', `undo of run ${runs[0]}`],
    ])
    expect(planned.plan.guards.map(({ sentence }) => sentence).join()).toContain('what "many" did since')
    // First what stays, then what follows.
    expect(planned.plan.summary.notices[0]).toContain('1 group is still filled from the source')
    const applied = await desk.apply(planned)
    expect(applied.run.state).toBe('applied')
    expect(sandbox.control.digest()).toBe(before)
    const taken = await Promise.all(runs.map((run) => client.runs.get({ params: { run: String(run) } })))
    expect(taken.map(({ undoneBy }) => undoneBy)).toEqual(Array(3).fill(applied.run.number))

    // Looked at again there is nothing left, and the next run of the connection waits for a person.
    const again = await undoSince()
    expect([again.run.state, again.changes]).toEqual(['planned', []])
    expect((await desk.sync()).plan.guards.filter(({ tripped }) => tripped).map(({ guard }) => guard)).toEqual([
      'guard:undone',
    ])
    const viewer = await desk.program.clientWith(['viewer'])
    const body = { since }
    await expect(viewer.connections.undoSince({ params: { key }, body })).rejects.toMatchObject({ code: 'not-allowed' })
  })
})

describe('a connection that is retired with clean-up (D4)', () => {
  it('gives up what it alone granted, goes on after a kill, and can be undone', async () => {
    const key = 'retired'
    sandbox.control.edit({ action: 'add-person', email: email(key, 1) })
    sandbox.control.edit({ action: 'add-group', group: 'retired-team' })
    sandbox.control.edit({ action: 'add-member', group: 'retired-team', email: email(key, 1) })
    const desk = await settledDesk(here(), key, { saved: team(key, 3) })
    const { client, runner, store } = desk.program
    const choice = { accounts: 'deactivate', adopted: false } as const
    await expect(runner.retire(key, choice, { trigger: 'cli', startedBy: 'os:tester' })).rejects.toMatchObject({
      code: 'conflict',
    })
    const planned = await plannedBy(desk, await client.connections.retire({ params: { key }, body: choice }))
    expect(planned.run).toMatchObject({ kind: 'retire', state: 'held' })
    expect(kinds(planned)).toEqual([
      'membership.release',
      'membership.remove',
      'membership.remove',
      'account.deactivate',
      'account.deactivate',
      'account.release',
    ])
    expect(planned.plan.summary.notices.join('\n')).toContain('1 membership is older than this connection')

    // Paused it grants nothing meanwhile; resumed it is not retired.
    await expect(desk.sync()).rejects.toMatchObject({ code: 'conflict' })
    await desk.approve(planned)
    await client.connections.resume({ params: { key } })
    await expect(runner.apply(planned.plan.id, 'os:tester')).rejects.toMatchObject({ code: 'conflict' })
    await client.connections.pause({ params: { key }, body: {} })

    // A process that was killed left it like this, and the next one takes it up.
    await store.runs.update(planned.run.id, { state: 'applying', directoryKey: planned.plan.directoryKey })
    expect(await runner.resumeAbandoned()).toBe(1)
    for await (const { state } of client.runs.events({ params: { run: planned.run.id } })) {
      if (state !== 'applying') expect(state).toBe('applied')
    }
    expect([1, 2, 3].map((number) => [stateOf(key, number), groupsOf(key, number)])).toEqual([
      ['active', ['retired-team']],
      ['suspended', []],
      ['suspended', []],
    ])
    const { directoryKey } = planned.plan
    const memory = await store.directories.memory(key, key, directoryKey, Date.now())
    expect(memory.grants.filter(({ connection }) => connection === key)).toEqual([])
    expect(memory.accountGrants.filter(({ connection }) => connection === key)).toEqual([])
    const again = await plannedBy(desk, await client.connections.retire({ params: { key }, body: choice }))
    expect([again.run.state, again.changes]).toEqual(['planned', []])
    const audited = await client.audit.list({ query: { limit: 50 } })
    expect(audited.items.map(({ act }) => act)).toContain('connection.retire')

    expect((await desk.apply(await undo(desk, planned))).run.state).toBe('applied')
    expect([2, 3].map((number) => [stateOf(key, number), groupsOf(key, number)])).toEqual([
      ['active', ['retired-team']],
      ['active', ['retired-team']],
    ])
    await client.connections.resume({ params: { key } })
    expect((await desk.plan()).changes).toEqual([])
  })
})

describe('the commands', () => {
  it('show an undo like a plan, and carry it out like one', async () => {
    const [program, site] = [await startProgram(), await siteOfItsOwn()]
    const desk = await settledDesk({ program, site }, 'typed')
    desk.save(withWrongGroup('typed'))
    const { number } = (await desk.sync()).run
    const token = await program.tokenWith(['operator', 'approver'])
    const type = (line: string) =>
      cli(line.split(' '), {
        api: {
          baseUrl: program.url,
          fetch: (to, init) =>
            fetch(to, { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${token}` } }),
        },
      })
    const planned = await type('undo latest')
    expect(planned.code).toBe(0)
    const said = joined(`${planned.stdout}${planned.stderr}`)
    expect(said).toContain(`Undo of run ${number}: plan of run ${number + 1}, connection "typed"`)
    expect(said).toContain('3 memberships removed.')
    expect(said).toContain('The whole plan waits for approval.')
    expect(said).toContain(`a person takes back what an earlier run did (rule undo of run ${number})`)
    expect(said).toContain(`muster approve ${number + 1}`)
    expect((await type(`approve ${number + 1}`)).code).toBe(0)
    expect((await type(`apply ${number + 1}`)).code).toBe(0)
    expect((await type(`runs ${number}`)).stdout).toContain(`It was taken back by run ${number + 1}.`)
    expect((await type(`runs ${number + 1}`)).stdout).toContain(`It takes back run ${number}.`)
    const again = await type(`undo ${number}`)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(`already undone by run ${number + 1}`)])
    expect(personOf(site, email('typed', 1))?.groups).toEqual(['typed-team'])
  })
})
