import { describe, expect, it } from 'vitest'
import { change, samplePlan, sampleRun } from '../../test/support/plans.ts'
import { sharedProgram } from '../../test/support/program.ts'
import type { Client } from '../contract/client.ts'
import { roles } from '../contract/route.ts'
import type { ChangeRecord, Plan } from '../domain/plan.ts'
import type { Run } from '../domain/run.ts'
import { newId } from '../platform/ids.ts'

const dayMs = 86_400_000

describe('a plan under review', () => {
  const program = sharedProgram({ files: { 'key.txt': 'k' } })
  const as = (name: string): Client => program().clientAs({ name, roles })

  /** One connection with its own source, saved by somebody who takes no part in the tests. */
  const connect = async (key: string, review = 'fourEyes: true') => {
    const target = '{ type: jira-cloud, site: "https://acme.atlassian.net", orgApiKey: { file: key.txt } }'
    const yaml =
      `sources: { ${key}: { type: local } }\ntargets: { acme: ${target} }\n` +
      `connections: { ${key}: { source: ${key}, target: acme, review: { ${review} } } }\n`
    await as('os:tester').configuration.import({ body: { yaml } })
  }

  /** A plan in the store, as a run of that connection left it. */
  const leave = async (
    connection: string,
    run: Partial<Run> = {},
    plan: Partial<Plan> = {},
    patch: Partial<ChangeRecord> = {},
  ) => {
    const { store, installation } = program()
    const now = installation.clock.now()
    const version = 10_002
    const made = await store.runs.create(
      sampleRun({ id: newId(now), connection, state: 'held', startedAt: now, startedBy: 'user:olga', ...run }),
    )
    const kept = samplePlan(made.id, {
      id: newId(now),
      connection,
      createdAt: now,
      connectionVersion: version,
      ...plan,
    })
    await store.plans.save(kept, [[change(1, { state: 'held', stateReasons: ['guard:creates'], ...patch })]])
    await store.runs.update(made.id, { planId: kept.id })
    const params = { plan: kept.id }
    const { fingerprint } = kept
    return { run: made, plan: kept, params, approval: { params, body: { fingerprint } } }
  }
  const refused = (why: string) => ({ code: 'not-allowed', message: expect.stringContaining(why) })

  it('is approved with a comment that stays with it and in the audit log', async () => {
    await connect('kept', 'fourEyes: false')
    const { approval } = await leave('kept')
    const body = { ...approval.body, release: { all: true as const }, comment: 'seen with HR' }
    const { plan, released } = await as('user:olga').plans.approve({ ...approval, body })
    expect(released).toBe(1)
    expect(plan.approval).toMatchObject({ by: 'user:olga', comment: 'seen with HR' })
    const { items } = await as('os:tester').audit.list({ query: { limit: 1 } })
    expect(items).toMatchObject([{ act: 'plan.approve', actor: 'user:olga', detail: { comment: 'seen with HR' } }])
  })

  it('is rejected for good: its run is cancelled, and it is neither approved nor applied', async () => {
    await connect('turned-down', 'fourEyes: false')
    const { approval, params, run } = await leave('turned-down')
    const reject = { params, body: { ...approval.body, comment: 'wrong groups' } }
    const viewer = program().clientAs({ name: 'user:vera', roles: ['viewer', 'operator'] })
    await expect(viewer.plans.reject(reject)).rejects.toMatchObject({ code: 'not-allowed' })
    const plan = await as('user:ruth').plans.reject(reject)
    expect(plan).toMatchObject({ rejection: { by: 'user:ruth', comment: 'wrong groups' }, run: { state: 'cancelled' } })
    const stale = { code: 'stale-plan', message: 'This plan was rejected by user:ruth: wrong groups' }
    await expect(as('user:olga').plans.approve(approval)).rejects.toMatchObject(stale)
    await expect(as('user:olga').plans.apply({ params })).rejects.toMatchObject(stale)
    expect((await as('user:olga').audit.list({ query: { limit: 1 } })).items).toMatchObject([
      { act: 'plan.reject', actor: 'user:ruth', subject: `plan:${params.plan}` },
    ])
    expect((await program().store.runs.get(run.id))?.endedAt).toBeGreaterThan(0)
  })

  it('that is being applied is not rejected, nor one that was applied', async () => {
    await connect('under-way', 'fourEyes: false')
    for (const state of ['applying', 'applied'] as const) {
      const { approval, params } = await leave('under-way', { state })
      const reject = { params, body: { ...approval.body, comment: 'late' } }
      await expect(as('user:ruth').plans.reject(reject)).rejects.toMatchObject({ code: 'conflict' })
    }
  })

  it('grows too old to be approved or begun, but not to be finished', async () => {
    await connect('old', 'validFor: 2d')
    const createdAt = Date.now() - 3 * dayMs
    const { approval, params } = await leave('old', {}, { createdAt })
    const stale = {
      code: 'stale-plan',
      message: expect.stringContaining('is older than 2d'),
      hint: 'Make a new plan and review that: muster plan old',
    }
    await expect(as('user:olga').plans.approve(approval)).rejects.toMatchObject(stale)
    await expect(as('user:olga').plans.apply({ params })).rejects.toMatchObject(stale)
    expect(Date.parse((await as('user:olga').plans.get({ params })).expiresAt ?? '')).toBe(createdAt + 2 * dayMs)
    const begun = await leave('old', { state: 'applying' }, { createdAt })
    expect((await as('user:olga').plans.approve(begun.approval)).plan.approval?.by).toBe('user:olga')
  })

  it('needs somebody else than who started the run, through whatever door they come', async () => {
    await connect('two')
    const { approval } = await leave('two', { startedBy: 'user:olga/laptop' })
    for (const name of ['user:olga', 'sso:olga', 'os:olga', 'user:olga/phone']) {
      await expect(as(name).plans.approve(approval)).rejects.toMatchObject(refused('started run'))
    }
    await expect(as('token:ci').plans.approve(approval)).rejects.toMatchObject(refused('token:ci is nobody'))
    expect((await as('user:ruth').plans.approve(approval)).plan.approval?.by).toBe('user:ruth')
  })

  it('needs somebody else than who changed the rules, or an end of theirs, since they were last applied', async () => {
    await connect('ruled')
    const settle = await leave('ruled', { state: 'applied', startedAt: Date.now() + 1 })
    await program().store.plans.approve(settle.plan.id, settle.plan.fingerprint, 'user:ruth', undefined)
    const { clock } = program().installation
    while (clock.now() <= settle.run.startedAt) await clock.sleep(1)
    const document = { source: 'ruled', target: 'acme', groups: { byName: {} }, review: { fourEyes: true } }
    await as('user:anna').connections.put({ params: { key: 'ruled' }, body: { document } })
    await as('user:ben').sources.put({
      params: { key: 'ruled' },
      body: { document: { type: 'local', displayName: 'R' } },
    })
    const { approval } = await leave('ruled')
    await expect(as('user:anna').plans.approve(approval)).rejects.toMatchObject(
      refused('changed the connection "ruled"'),
    )
    await expect(as('user:ben').plans.approve(approval)).rejects.toMatchObject(refused('changed the source "ruled"'))
    // Whoever wrote the rules that were applied before may approve what others changed.
    expect((await as('os:tester').plans.approve(approval)).plan.approval?.by).toBe('os:tester')
  })

  it('is not approved by whoever wrote the rules under another name, also not right after the names were parted', async () => {
    await connect('named')
    const document = { source: 'named', target: 'acme', groups: { byName: {} }, review: { fourEyes: true } }
    await as('sso:k.anna@acme.test').connections.put({ params: { key: 'named' }, body: { document } })
    const { approval } = await leave('named', { startedBy: 'schedule' })
    const pair = await as('os:tester').users.link({ body: { one: 'Kanna', other: 'k.anna@acme.test' } })
    await expect(as('user:kanna/laptop').plans.approve(approval)).rejects.toMatchObject(
      refused('changed the connection "named"'),
    )
    // Given as the audit log tells them, they are the same names.
    const asLogged = as('os:tester').users.link({ body: { one: 'sso:K.Anna@acme.test', other: 'user:kanna/laptop' } })
    await expect(asLogged).rejects.toMatchObject({ code: 'conflict' })
    await as('user:kanna').users.unlink({ params: { id: pair.id } })
    await expect(as('user:kanna').plans.approve(approval)).rejects.toMatchObject(refused('asks for two people'))
    expect((await as('user:ruth').plans.approve(approval)).plan.approval?.by).toBe('user:ruth')
    const same = as('os:tester').users.link({ body: { one: 'otto', other: 'OTTO ' } })
    await expect(same).rejects.toMatchObject({ code: 'usage' })
  })

  it('is not approved by whoever decided what it carries out', async () => {
    await connect('decided')
    const about = { kind: 'membership-foreign', accountId: 'account-1', groupId: 'group-dev' } as const
    const decided = [{ about, decision: 'revert', label: 'ann in dev' }] as const
    await program().store.exceptions.decide('decided', 'dir', decided, 'user:anna', undefined)
    const started = { startedBy: 'schedule' }
    const other = await leave('decided', started)
    expect((await as('user:anna').plans.approve(other.approval)).plan.approval?.by).toBe('user:anna')
    const { approval } = await leave('decided', started, {}, { kind: 'membership.remove', reason: 'decided-by-person' })
    await expect(as('sso:anna').plans.approve(approval)).rejects.toMatchObject(refused('decided about ann in dev'))
    expect((await as('user:ruth').plans.approve(approval)).plan.approval?.by).toBe('user:ruth')
  })

  it('leaves whom it concerns alone once a decision about them was taken back', async () => {
    await connect('taken-back', 'fourEyes: false')
    const { store, installation } = program()
    await store.directories.bind('acme', 'dir')
    const about = { kind: 'person-linked', accountId: 'account-7', personKey: 'ann' } as const
    await store.exceptions.decide(
      'taken-back',
      'dir',
      [{ about, decision: 'link', label: 'ann' }],
      'user:anna',
      undefined,
    )
    const [decided] = (await as('user:ruth').exceptions.list({ params: { key: 'taken-back' } })).items
    const since = installation.clock.now() - 1
    const params = { key: 'taken-back', exception: decided!.id }
    await as('user:ruth').exceptions.revoke({ params })
    const subjects = ['account:account-7', 'person:ann', 'account:account-8']
    const left = await store.dirty.plannedSince('taken-back', subjects, since)
    expect([...left].sort()).toEqual(['account:account-7', 'person:ann'])
    await expect(as('user:ruth').exceptions.revoke({ params })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is not made one person’s by a run without a change, which nobody approves', async () => {
    await connect('silent')
    const document = { source: 'silent', target: 'acme', groups: { byName: {} }, review: { fourEyes: false } }
    await as('user:anna').connections.put({ params: { key: 'silent' }, body: { document } })
    await leave('silent', { state: 'applied', startedAt: Date.now() + 1, startedBy: 'schedule' })
    const { approval } = await leave('silent', { startedBy: 'schedule' })
    await expect(as('user:anna').plans.approve(approval)).rejects.toMatchObject(refused('asks for two people'))
    expect((await as('user:ruth').plans.approve(approval)).plan.approval?.by).toBe('user:ruth')
  })

  it('still needs two people when one of them just took that rule away', async () => {
    await connect('undone')
    const document = { source: 'undone', target: 'acme', review: { fourEyes: false } }
    await as('user:anna').connections.put({ params: { key: 'undone' }, body: { document } })
    const { approval } = await leave('undone', { startedBy: 'schedule' })
    await expect(as('user:anna').plans.approve(approval)).rejects.toMatchObject(refused('asks for two people'))
    expect((await as('user:ruth').plans.approve(approval)).plan.approval?.by).toBe('user:ruth')
  })
})
