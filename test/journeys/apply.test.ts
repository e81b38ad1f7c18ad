import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { errorCodes } from '../../src/domain/errors.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram, startProgram } from '../support/program.ts'
import { openDesk, settledDesk, short } from './desk.ts'
import {
  configurationYaml,
  disabled,
  member,
  personOf,
  refused,
  team,
  until,
  withoutEffect,
  withoutMember,
} from './office.ts'

const current = sharedProgram()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
})

/** The program and the site that most of these tests share; each has people of its own. */
const here = () => ({ program: current(), site: sandbox })

const email = (key: string, number: number) => member(key, number).mail

const writing = (name: string) => /invite|create|add|remove|suspend|restore|assign|revoke|delete/i.test(name)

describe('what somebody did by hand between plan and apply', () => {
  it('an account that is suspended already is found so, and stays theirs to reactivate', async () => {
    const desk = await settledDesk(here(), 'hand')
    desk.save(disabled(team('hand'), 'hand-2'))
    const planned = await desk.plan()
    sandbox.control.edit({ action: 'suspend', email: email('hand', 2) })
    const applied = await withoutEffect(sandbox, () => desk.apply(planned))
    expect(short(applied)).toEqual(['account.deactivate alreadyTrue'])
    expect(applied.run.state).toBe('applied')
    expect((await desk.plan()).changes).toEqual([])

    // It was not us who suspended the account, so a return does not reactivate it: a person decides.
    desk.save(team('hand'))
    expect((await desk.plan()).changes.map(({ kind }) => kind)).not.toContain('account.activate')
    const { items } = await desk.program.client.workItems.list({ query: { connection: 'hand' } })
    expect(items.map(({ reason }) => reason)).toEqual(['suspended-outside'])
  })

  it('nobody is added to a group whose account was suspended meanwhile, and the next plan says why', async () => {
    const desk = await settledDesk(here(), 'late')
    const more = { id: 'late-h', name: 'late-more', members: [{ id: 'late-1' }, { id: 'late-2' }] }
    desk.save({ ...team('late'), groups: [...team('late').groups, more] })
    const planned = await desk.plan()
    sandbox.control.edit({ action: 'suspend', email: email('late', 2) })
    const applied = await desk.apply(planned)
    expect(applied.run.state).toBe('partial')
    const adds = applied.changes.filter(({ kind }) => kind === 'membership.add')
    expect(adds.map(({ person, outcome, skipReason }) => [person?.key, outcome, skipReason])).toEqual([
      ['late-1', 'applied', undefined],
      ['late-2', 'skipped', 'conflict'],
    ])
    expect(personOf(sandbox, email('late', 2))?.groups).toEqual(['late-team'])
    expect((await desk.plan()).changes.filter(({ state }) => state === 'ready')).toEqual([])
    const { items } = await desk.program.client.workItems.list({ query: { connection: 'late' } })
    expect(items.map(({ reason }) => reason)).toEqual(['suspended-outside'])
  })

  it('a member who was taken out already is found so', async () => {
    const desk = await settledDesk(here(), 'out')
    desk.save(withoutMember(team('out'), 'out-2'))
    const planned = await desk.plan()
    sandbox.control.edit({ action: 'remove-member', group: 'out-team', email: email('out', 2) })
    const applied = await withoutEffect(sandbox, () => desk.apply(planned))
    expect(short(applied)).toEqual(['membership.remove alreadyTrue'])
    expect(applied.run.state).toBe('applied')
    expect((await desk.plan()).changes).toEqual([])
  })

  it('a group of that name stops its own creation and what needs it, and the next plan manages it', async () => {
    const desk = await openDesk(here(), 'made')
    const planned = await desk.plan()
    sandbox.control.edit({ action: 'add-group', group: 'made-team' })
    const applied = await desk.apply(planned)
    expect(short(applied)).toEqual([
      'group.create skipped conflict',
      ...Array(3).fill('account.create applied'),
      ...Array(3).fill('membership.add skipped prerequisite'),
    ])
    expect(applied.run.state).toBe('partial')
    const next = await desk.apply(await desk.plan())
    expect(short(next)).toEqual(['group.adopt applied', ...Array(3).fill('membership.add applied')])
    expect(next.run.state).toBe('applied')
    expect((await desk.plan()).changes).toEqual([])
  })

  it('an account that was invited is not invited again, and the next plan adopts it', async () => {
    const desk = await settledDesk(here(), 'guest')
    desk.save({ ...team('guest'), people: [...team('guest').people, member('guest', 4), member('guest', 5)] })
    const planned = await desk.plan()
    sandbox.control.edit({ action: 'add-person', email: email('guest', 4) })
    sandbox.control.resetCounters()
    const applied = await desk.apply(planned)
    expect(short(applied)).toEqual(['account.create skipped conflict', 'account.create applied'])
    expect(Object.keys(sandbox.control.counters().invitations)).toEqual([email('guest', 5)])
    const next = await desk.plan()
    expect(next.changes.map(({ kind, reason }) => `${kind}: ${reason}`)).toEqual(['account.adopt: matched-by-email'])
    expect((await desk.apply(next)).run.state).toBe('applied')
  })
})

describe('what the target does not allow', () => {
  it('no seat left stops additions, and every other kind goes on', async () => {
    const full = await startSandbox()
    onTestFinished(() => full.stop())
    const group = {
      id: 'seat-h',
      name: 'jira-software-users-acme',
      members: team('seat', 6).people.map(({ id }) => ({ id })),
    }
    const desk = await settledDesk({ program: await startProgram(), site: full }, 'seat', { saved: team('seat', 6) })
    const product = full.control.twin.state.sites[0]?.products.find(({ key }) => key === 'jira-software')
    const more = withoutMember(team('seat', 6), 'seat-6')
    desk.save({ people: [...more.people, member('seat', 7)], groups: [...more.groups, group] })
    // The seats go between plan and apply: what was counted then no longer holds.
    const planned = await desk.plan()
    full.control.edit({ action: 'set-seats', product: 'jira-software', seats: (product?.used ?? 0) + 2 })
    full.control.resetCounters()
    const applied = await desk.apply(planned)
    expect(applied.run.state).toBe('partial')
    const of = (kind: string) => applied.changes.filter((change) => change.kind === kind)
    expect(of('account.create').map(({ outcome }) => outcome)).toEqual(['applied'])
    expect(of('membership.remove').map(({ outcome }) => outcome)).toEqual(['applied'])
    const adds = of('membership.add')
    expect(adds.filter(({ outcome }) => outcome === 'applied')).toHaveLength(2)
    const failed = adds.filter(({ outcome }) => outcome === 'failed')
    expect(failed).toHaveLength(4)
    expect(new Set(failed.map(({ errorCode }) => errorCode))).toEqual(new Set(['quota-exhausted']))
    // The first refusal stops the kind: what was already under way is all that is tried.
    expect(full.control.requests('org.group.addMember')).toBeLessThanOrEqual(2 + 4)
    // The next plan knows: what no seat is left for is blocked, and nothing of it is tried.
    const next = await desk.plan()
    expect(
      next.changes.map(({ kind, state, stateReasons }) => [kind, state, ...stateReasons.map(({ reason }) => reason)]),
    ).toEqual(Array(4).fill(['membership.add', 'blocked', 'seats']))
    full.control.edit({ action: 'set-seats', product: 'jira-software', seats: null })
    expect((await desk.apply(await desk.plan())).run.state).toBe('applied')
  })

  it('a group that another identity provider fills is blocked in the plan and never written', async () => {
    const desk = await settledDesk(here(), 'foreign')
    const synced = { id: 'foreign-h', name: 'okta-everyone', members: [{ id: 'foreign-1' }] }
    desk.save({
      people: [...team('foreign').people, member('foreign', 4)],
      groups: [...team('foreign').groups, synced],
    })
    sandbox.control.resetCounters()
    const planned = await desk.plan()
    const written = planned.changes.filter(
      ({ groupLabel, kind }) => groupLabel === 'okta-everyone' && kind.startsWith('membership.'),
    )
    expect(written.map(({ state, stateReasons }) => [state, stateReasons[0]?.reason])).toEqual([
      ['blocked', 'not-writable'],
    ])
    const applied = await desk.apply(planned)
    expect(applied.run.state).toBe('partial')
    expect(personOf(sandbox, email('foreign', 4))).toBeDefined()
    expect(sandbox.control.requests('org.group.addMember')).toBe(0)
    expect(personOf(sandbox, email('foreign', 1))?.groups).toEqual(['foreign-team'])
  })
})

/** All that a site holds, but for the mark of the installation that writes there: each has one of its own. */
function contentOf({ control }: Sandbox) {
  const groups = control.state().groups.map(({ description: _, ...group }) => group)
  return { groups, rest: control.digest(['people', 'profiles', 'projects']) }
}

describe('a plan', () => {
  it('that is stopped stops between two writes, and goes on to the same end', async () => {
    // People who are there already are put into their group one by one.
    const crew = team('stop', 8)
    const invited = (where: Sandbox) => {
      for (const { mail } of crew.people) where.control.edit({ action: 'add-person', email: mail })
    }
    const calm = await startSandbox()
    onTestFinished(() => calm.stop())
    invited(calm)
    const undisturbed = await settledDesk({ program: await startProgram(), site: calm }, 'stop', {
      saved: crew,
    })
    expect((await undisturbed.plan()).changes).toEqual([])

    const site = await startSandbox()
    onTestFinished(() => site.stop())
    invited(site)
    const program = await startProgram()
    const desk = await openDesk({ program, site }, 'stop', { saved: crew })
    const planned = await desk.plan()
    await desk.approve(planned)
    site.control.setLatency(250)
    // One of them is never let in, so that there is something to stop on any machine.
    const last = site.control.twin.state.accountByEmail(crew.people[7]!.mail)
    site.control.addFault(refused('org.group.addMember', { containing: last?.accountId ?? 'nobody' }))
    const { run, done } = await program.runner.apply(planned.plan.id, 'os:tester')
    await until(() => site.control.counters().effects.membershipsAdded > 0)
    await program.client.runs.cancel({ params: { run: run.id } })
    expect(await done).toMatchObject({ state: 'cancelled' })
    const { membershipsAdded } = site.control.counters().effects
    expect(membershipsAdded).toBeLessThan(8)
    site.control.calm()
    site.control.setLatency(0)
    const resumed = await desk.apply(planned)
    expect(resumed.run.state).toBe('applied')
    expect(contentOf(site)).toEqual(contentOf(calm))
    expect(site.control.counters().effects).toEqual(calm.control.counters().effects)
    expect(site.control.counters().invitations).toEqual(calm.control.counters().invitations)
  })

  it('is approved only under its own fingerprint, and applied only while it is the newest', async () => {
    expect(errorCodes['stale-plan'].exit).toBe(5)
    const desk = await openDesk(here(), 'stale', { mode: 'review' })
    const first = await desk.plan()
    const { client, runner } = desk.program
    await withoutEffect(sandbox, async () => {
      const approve = (fingerprint: string) =>
        client.plans.approve({ params: { plan: first.plan.id }, body: { fingerprint } })
      await expect(approve('0'.repeat(64))).rejects.toMatchObject({ code: 'stale-plan' })
      await expect(runner.apply(first.plan.id, 'os:tester')).rejects.toMatchObject({ code: 'guard-tripped' })
      await approve(first.plan.fingerprint)
      const second = await desk.plan()
      expect(second.plan.fingerprint).toBe(first.plan.fingerprint)
      await expect(runner.apply(first.plan.id, 'os:tester')).rejects.toMatchObject({
        code: 'stale-plan',
        hint: 'Make a new plan: muster plan stale',
      })
      await expect(approve(first.plan.fingerprint)).rejects.toMatchObject({ code: 'stale-plan' })
      // The approval of the first does not count for the second, even though both say the same.
      await expect(runner.apply(second.plan.id, 'os:tester')).rejects.toMatchObject({ code: 'guard-tripped' })
    })
  })

  it('does not outlive a change of the settings it was made under', async () => {
    const desk = await openDesk(here(), 'rules')
    const planned = await desk.plan()
    await desk.approve(planned)
    await desk.program.applyFile(
      configurationYaml(sandbox, { rules: 'path: rules.json' }).replace('byName: {}', 'byName: {}, ownership: all'),
    )
    await withoutEffect(sandbox, () =>
      expect(desk.program.runner.apply(planned.plan.id, 'os:tester')).rejects.toMatchObject({
        code: 'stale-plan',
        message: 'The settings of this connection changed after the plan was made.',
      }),
    )
    expect((await desk.apply(await desk.plan())).run.state).toBe('applied')
  })

  it('is empty the second time, and then nothing is written', async () => {
    const desk = await settledDesk(here(), 'again')
    sandbox.control.resetCounters()
    const again = await withoutEffect(sandbox, () => desk.sync())
    expect(again.run).toMatchObject({ state: 'applied', outcomes: {} })
    expect(again.changes).toEqual([])
    expect(Object.keys(sandbox.control.counters().operations).filter(writing)).toEqual([])
  })
})

describe('a target that shows its writes late', () => {
  it('by three seconds is waited for: nothing is done twice, everything is verified', async () => {
    const desk = await openDesk(here(), 'slow')
    const planned = await desk.plan()
    sandbox.control.setDelays({ accounts: 3_000, groups: 3_000, memberships: 3_000 })
    onTestFinished(() => sandbox.control.calm())
    sandbox.control.resetCounters()
    const applied = await desk.apply(planned)
    expect(applied.run.state).toBe('applied')
    for (const { verifiedAt } of applied.changes) expect(verifiedAt).toBeDefined()
    const { effects, invitations } = sandbox.control.counters()
    expect(effects).toMatchObject({ accountsCreated: 3, groupsCreated: 1, membershipsAdded: 3 })
    expect(Object.values(invitations).map((each) => each.calls)).toEqual([1, 1, 1])
  })
})
