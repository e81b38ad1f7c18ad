import { describe, expect, it } from 'vitest'
import { cli } from '../../test/support/cli-environment.ts'
import { change, savedPlan } from '../../test/support/plans.ts'
import { sharedProgram } from '../../test/support/program.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { RunState } from '../domain/run.ts'

describe('commands about plans that were made before', () => {
  const program = sharedProgram({ files: { 'key.txt': 'k' } })

  const type = async (line: string) => {
    const { url, tokenWith } = program()
    const token = await tokenWith(['admin', 'approver'])
    const withToken = (init: RequestInit) => ({
      ...init,
      headers: { ...(init.headers as object), authorization: `Bearer ${token}` },
    })
    return cli(line.split(' '), { api: { fetch: (to, init) => fetch(to, withToken(init)), baseUrl: url } })
  }

  /** A plan in the store, as a run of that connection left it. */
  const leave = async (connection: string, changes: readonly ChangeRecord[], state: RunState = 'held') => {
    const { store, applyFile } = program()
    const keys = ['staff', 'guests', 'huge']
    const written = keys.map((key) => `  ${key}: { source: hr, target: acme }`).join('\n')
    const target = '{ type: jira-cloud, site: "https://acme.atlassian.net", orgApiKey: { file: key.txt } }'
    await applyFile(`sources:\n  hr: { type: local }\ntargets:\n  acme: ${target}\nconnections:\n${written}\n`)
    const summary = { counts: {}, total: changes.length, ready: 0, held: 0, blocked: 0, read: {}, notices: [] }
    const { run, plan } = await savedPlan(store, changes, { connection, summary })
    await store.runs.update(run.id, { planId: plan.id, state })
    return { run, plan }
  }

  it('finds a plan by its id, its run, its connection and "latest" while that is clear', async () => {
    const { run, plan } = await leave('staff', [change(1)])
    for (const reference of [plan.id, run.id, String(run.number), 'latest']) {
      const { code, stdout } = await type(`plan ${reference} --json`)
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({
        run: { number: run.number },
        plan: { id: plan.id },
        changes: [{ seq: 1 }],
      })
    }
    expect((await type('approve staff --json')).code).toBe(0)
    const other = await leave('guests', [change(1)])
    const unclear = await type('apply latest')
    expect(unclear.code).toBe(2)
    expect(unclear.stderr).toContain('"latest" could be the plan of "guests" or "staff".')
    expect((await type('approve guests')).stderr).toContain(`run ${other.run.number}, connection "guests"`)
  })

  it('exports a plan as a table that no spreadsheet runs, each row with the fingerprint', async () => {
    const formula = '=HYPERLINK("http://evil.example","x")'
    const { run, plan } = await leave('staff', [change(1, { accountLabel: formula }), change(2)])
    const { stdout, code } = await type(`plan ${run.number} --csv`)
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\r\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^number,kind,person,.*,held by,needs,fingerprint$/)
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`)
    expect(lines.slice(1).every((line) => line.endsWith(plan.fingerprint))).toBe(true)
    expect((await type(`plan ${run.number} --csv --json`)).code).toBe(2)
  })

  it('rejects a plan with a reason, which whoever looks at it reads', async () => {
    const { run } = await leave('staff', [change(1)])
    expect((await type(`reject ${run.number}`)).stderr).toContain('A plan is rejected with a reason.')
    const { code, stdout } = await type(`reject ${run.number} --comment too-early`)
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Rejected: the plan of run ${run.number}.`)])
    const shown = await type(`plan ${run.number}`)
    expect(shown.stdout).toMatch(/Rejected by token:\S+, .*: too-early/)
    // What is over has no next step.
    expect(`${shown.stdout}${shown.stderr}`).not.toMatch(/muster (approve|apply)/)
    expect((await type(`approve ${run.number}`)).code).toBe(5)
  })

  it('shows the first of many, says how to see the rest, and streams all of them as JSON', async () => {
    const many = Array.from({ length: 2300 }, (_, index) => change(index + 1))
    const { run } = await leave('huge', many)
    const { stdout } = await type(`plan ${run.number}`)
    expect(stdout).toContain('Add 2,300 memberships')
    expect(stdout.match(/^ *\d+ {2}\+ /gm)).toHaveLength(50)
    expect(stdout).toContain(`... and 2,250 more: muster plan ${run.number} --all`)
    expect((await type(`plan ${run.number} --all`)).stdout.match(/^ *\d+ {2}\+ /gm)).toHaveLength(2300)
    expect((await type(`plan ${run.number} --limit 3`)).stdout.match(/^ *\d+ {2}\+ /gm)).toHaveLength(3)
    const named = await type(`plan ${run.number} --text person2299@`)
    expect(named.stdout).toContain('Add 1 membership\n')
    expect((await type(`plan ${run.number} --state blocked`)).stdout).toContain('No change fits these filters.')
    const whole = JSON.parse((await type(`plan ${run.number} --json`)).stdout) as { changes: { seq: number }[] }
    expect(whole.changes.map(({ seq }) => seq)).toEqual(many.map(({ seq }) => seq))
    const some = JSON.parse((await type(`plan ${run.number} --json --limit 7`)).stdout) as { changes: unknown[] }
    expect(some.changes).toHaveLength(7)
  })

  it('releases what was named and says what stays held', async () => {
    const held = [1, 2, 3, 4].map((seq) =>
      change(seq, { state: 'held', stateReasons: [seq < 3 ? 'guard:creates' : 'guard:group-adoption'] }),
    )
    const { run } = await leave('staff', [...held, change(5)])
    const first = await type(`approve ${run.number} --release creates`)
    expect(first.stdout).toMatch(
      /^Approved: run \d+, 2 held changes released\. 3 changes can be applied\.\nStill held: 2 changes/,
    )
    expect((await type(`approve ${run.number} --changes 4`)).stdout).toContain('Still held: 1 change ')
    expect((await type(`plan ${run.number} --state held`)).stdout).toContain('held: a group with members exists')
    expect((await type(`approve ${run.number} --all --json`)).code).toBe(0)
  })

  it('takes no approval for a plan that is no longer the newest', async () => {
    const old = await leave('staff', [change(1)], 'superseded')
    await leave('staff', [change(1)])
    const { code, stderr } = await type(`approve ${old.run.number}`)
    expect(code).toBe(5)
    expect(stderr).toContain('Error (stale-plan)')
  })
})
