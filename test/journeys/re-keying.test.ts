import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'
import { configurationYaml, member, personOf, team, withoutEffect } from './office.ts'

const current = sharedProgram()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
})

const params = { key: 'acme' }
const asked = { trigger: 'cli', startedBy: 'os:tester' } as const

/** The same configuration, with or without an organization key. */
async function configure(withKey: boolean, site: Sandbox = sandbox) {
  const { folder, applyFile } = current()
  writeFileSync(join(folder, 'api-token'), site.credentials.apiToken)
  writeFileSync(join(folder, 'org-key'), site.credentials.orgApiKey)
  const yaml = configurationYaml(
    site,
    { rekey: 'path: rekey.json' },
    { users: 'notify: true, onLeft: [{ after: 0d, action: remove-managed-groups }], onDisabled: []' },
  )
  await applyFile(withKey ? yaml : yaml.replace(/ *orgApiKey:.*\n/, ''))
}

async function plan() {
  const { client, runner } = current()
  const run = await (await runner.start('rekey', { ...asked, kind: 'preview' })).done
  if (run.planId === undefined) return { run, changes: [], plan: undefined }
  const plan = await client.plans.get({ params: { plan: run.planId } })
  const { items } = await client.plans.changes({ params: { plan: plan.id }, query: { limit: 200 } })
  return { run, plan, changes: items.map(({ kind, state }) => `${kind} ${state}`) }
}

describe('a directory that gets another key because an organization key was added', () => {
  it('keeps links, ledger and history by a re-keying that an administrator approved, and the next plan is empty', async () => {
    const { client, runner, folder, store } = current()
    writeFileSync(join(folder, 'rekey.json'), JSON.stringify(team('rekey')))
    await configure(false)
    const first = await plan()
    await client.plans.approve({
      params: { plan: first.plan!.id },
      body: { fingerprint: first.plan!.fingerprint, release: { all: true } },
    })
    expect(await (await runner.apply(first.plan!.id, 'os:tester')).done).toMatchObject({ state: 'applied' })
    const before = first.plan!.directoryKey
    expect(before).toMatch(/^atlassian-site:/)
    expect((await client.targets.previewRekeying({ params })).rekeying).toBeUndefined()
    expect((await plan()).changes).toEqual([])

    await configure(true)
    const refused = await withoutEffect(sandbox, plan)
    expect(refused.run).toMatchObject({ state: 'failed', error: { code: 'config-invalid' } })
    expect(refused.run.error?.hint).toContain('muster targets re-key acme')
    const { rekeying } = await withoutEffect(sandbox, () => client.targets.previewRekeying({ params }))
    expect(rekeying).toMatchObject({
      from: before,
      accounts: { remembered: 3, linked: 3, matched: 3, missing: [] },
      groups: { remembered: 1, missing: [] },
      counts: { links: 3, groupLinks: 1, grants: 3 },
    })
    expect(rekeying?.refusedBecause).toBeUndefined()

    const operator = await current().clientWith(['operator'])
    const body = { fingerprint: rekeying!.fingerprint }
    await expect(operator.targets.rekey({ params, body })).rejects.toThrow('lacks the role admin')
    const stale = client.targets.rekey({ params, body: { fingerprint: 'another' } })
    await expect(stale).rejects.toThrow('is not what was reviewed')
    await withoutEffect(sandbox, () => client.targets.rekey({ params, body }))
    expect(await store.directories.boundKey('acme')).toBe(rekeying!.to)

    const next = await plan()
    expect(next.changes).toEqual([])
    expect(next.plan?.directoryKey).toBe(rekeying!.to)
    expect(personOf(sandbox, member('rekey', 1).mail)?.groups).toContain('rekey-team')
    expect((await client.audit.list()).items.find(({ act }) => act === 'target.re-key')).toMatchObject({
      subject: 'target:acme',
      detail: { from: before, to: rekeying!.to },
    })

    // The ledger still knows what is ours: who leaves the group at the source leaves it here, after a look.
    const { people, groups } = team('rekey')
    const fewer = groups.map((group) => ({ ...group, members: group.members.slice(1) }))
    writeFileSync(join(folder, 'rekey.json'), JSON.stringify({ people, groups: fewer }))
    const after = await plan()
    expect(after.changes).toEqual(['membership.remove ready'])
    expect(after.plan?.guards.map(({ guard }) => guard)).toContain('guard:rekeyed')
  })

  it('is refused for a directory in which none of the accounts are', async () => {
    const other = await startSandbox({ seed: 7 })
    try {
      await configure(true, other)
      const { client } = current()
      const { rekeying } = await client.targets.previewRekeying({ params })
      expect(rekeying?.refusedBecause).toContain('3 of 3 linked accounts are not in it')
      const rekey = client.targets.rekey({ params, body: { fingerprint: rekeying!.fingerprint } })
      await expect(rekey).rejects.toThrow('Nothing was carried over')
    } finally {
      await other.stop()
    }
  })
})
