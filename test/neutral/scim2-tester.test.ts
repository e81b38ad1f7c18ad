import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { startProgram } from '../support/program.ts'
import { component, program as installed } from '../support/require.ts'

const run = promisify(execFile)
const scim2 = await component('scim2', installed('scim2'))

/** Checks of scim2-tester by their verdict, in the order they were made. */
function verdicts(report: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [, verdict = '', check = '', reason = ''] of report.matchAll(/^([A-Z]+) (\w+)\n(.*)$/gm)) {
    found.set(verdict, [...(found.get(verdict) ?? []), `${check}: ${reason.trim()}`])
  }
  return found
}

describe.skipIf(!scim2.present)(`scim2-tester, a checker of others${scim2.skipReason}`, () => {
  it('finds nothing to complain of in discovery, resources and PATCH', { timeout: 300_000 }, async () => {
    const program = await startProgram()
    const document = { type: 'scim-push', requestsPerSecond: 10_000 }
    await program.client.sources.put({ params: { key: 'neutral' }, body: { document } })
    const { value } = await program.client.push.createToken({ params: { key: 'neutral' }, body: {} })
    const { stdout } = await run('scim2', ['--url', `${program.url}/scim/neutral/v2`, 'test', '--verbose'], {
      env: { ...process.env, SCIM_CLI_HEADERS: `Authorization: Bearer ${value}`, NO_COLOR: '1' },
      timeout: 300_000,
    }).catch((error: { stdout?: string; message: string }) => ({ stdout: error.stdout || error.message }))
    const found = verdicts(stdout)
    expect(found.get('SUCCESS')?.length, stdout).toBeGreaterThan(120)
    expect([...found.keys()], stdout).toEqual(['SUCCESS'])
  })
})
