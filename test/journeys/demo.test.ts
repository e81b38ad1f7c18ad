import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { muster, startMuster } from '../support/muster.ts'
import { temporaryFolder } from '../support/temporary.ts'

const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('muster-demo-'))

describe('muster demo', () => {
  it('tells the whole way in an empty home, ends by itself and leaves nothing', async () => {
    const home = temporaryFolder()
    const temporary = temporaryFolder()
    const { code, stdout, stderr } = await muster(['demo', '--once'], { cwd: home, env: { TMPDIR: temporary } })
    expect(stderr).not.toContain('Error')
    expect(code).toBe(0)
    const steps = stdout.split(/^\d\. /m)
    expect(steps).toHaveLength(6)
    for (const step of steps) expect(step.split('\n').length).toBeLessThanOrEqual(80)
    const [intro, checked, planned, applied, drifted, second] = steps
    expect(intro).toContain('Nothing leaves this machine.')
    expect(intro).toMatch(/the directory of the company: ldap:\/\/127\.0\.0\.1:\d+, base DN dc=acme,dc=example/)
    expect(checked).toContain('✓ sign-in')
    expect(planned).toContain('because: an existing account has the same e-mail address')
    expect(planned).toContain('holds the whole plan')
    expect(applied).toContain('Run 1 is applied and verified.')
    expect(drifted).toContain('Nora Fischer joins the team "developers".')
    expect(second).toContain('because: the source says this person is disabled (rule users.onDisabled[0])')
    expect(second).toMatch(/\+ Jürgen Weiß .* into developers/)
    expect(second).toMatch(/- Aoife O'Brien .* out of developers/)
    expect(second).toMatch(/so they stay: .*vera\.strand@partner\.example/s)
    expect(readdirSync(home)).toEqual([])
    expect(readdirSync(temporary)).toEqual([])
  })

  it('stays for the reader to try, with a token that works, until it is stopped', async () => {
    const home = temporaryFolder()
    const temporary = temporaryFolder()
    const before = leftovers()
    const running = startMuster(['demo'], { cwd: home, env: { TMPDIR: temporary } })
    onTestFinished(() => void running.child.kill('SIGKILL'))
    let seen = ''
    const told = new Promise<RegExpExecArray>((resolve, reject) => {
      running.child.stdout?.on('data', (part) => {
        seen += String(part)
        const found = /curl -d '(.+)' (\S+)[\s\S]*export MUSTER_URL=(\S+) MUSTER_TOKEN=(\S+)[\s\S]*From a clone/.exec(
          seen,
        )
        if (found !== null) resolve(found)
      })
      running.finished.then(({ stdout, stderr }) => reject(new Error(`It ended: ${stdout}${stderr}`)), reject)
    })
    const [, edit = '', editUrl = '', url = '', token = ''] = await told
    const env = { MUSTER_URL: url, MUSTER_TOKEN: token }
    expect((await muster(['approve', '2'], { cwd: home, env })).code).toBe(0)
    const applied = await muster(['apply', '2'], { cwd: home, env })
    expect(applied.stdout).toContain('Run 2 of "staff" is applied and verified.')
    const empty = await muster(['plan', 'staff', '--json', '--detailed-exit-code'], { cwd: home, env })
    expect(empty.code).toBe(0)
    expect(JSON.parse(empty.stdout)).toMatchObject({ plan: { summary: { total: 0 } }, changes: [] })
    // What the screen offers to try next.
    expect((await fetch(editUrl, { method: 'POST', body: edit })).status).toBe(200)
    const leaver = await muster(['plan', 'staff'], { cwd: home, env })
    expect(leaver.stdout).toContain('because: the source says this person is disabled (rule users.onDisabled[0])')
    running.child.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
    expect(readdirSync(temporary)).toEqual([])
    expect(leftovers()).toEqual(before)
  })
})
