import { expect, it, onTestFinished } from 'vitest'
import { startSandbox } from '../../src/sandbox/start.ts'
import { cli } from '../support/cli-environment.ts'
import { companyFile, startProgram } from '../support/program.ts'
import { targetYaml } from './office.ts'

/** What the doctor of a target knows of the people who are to come, over the network and in a terminal. */

it('the doctor of a target counts the people of its connections, and shows tables', { timeout: 300_000 }, async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.stop())
  const { apiToken, orgApiKey } = sandbox.credentials
  const files = { 'api-token': apiToken, 'org-key': orgApiKey, 'company.json': companyFile(sandbox) }
  const program = await startProgram({ files })
  const ends = `sources:\n  company: { type: file, path: company.json }\ntargets:\n${targetYaml(sandbox, 'acme')}`
  await program.applyFile(ends)
  const check = () => program.client.targets.check({ params: { key: 'acme' } })
  const unknown = await check()
  expect(unknown.steps.some(({ name }) => name === 'mail-domains')).toBe(false)
  expect(unknown.steps.find(({ name }) => name === 'forecast')?.message).toContain('1000 people, as an example')

  const scope = 'users: { scope: { exclude: [{ attribute: department, in: [Sales] }] } }'
  await program.applyFile(`${ends}connections:\n  staff: { source: company, target: acme, ${scope} }\n`)
  const { steps } = await check()
  const step = (name: string) => steps.find((each) => each.name === name)
  // Twenty-four, less one who left and four of sales.
  expect(step('forecast')?.message).toContain('the 19 people of its connections')
  expect(step('mail-domains')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('One person has an address of domains that are not verified: freelance.example.'),
    table: {
      rows: [
        ['acme.example', '18', 'yes'],
        ['freelance.example', '1', 'no'],
      ],
    },
  })

  const token = await program.tokenWith(['admin'])
  const signedIn = (init: RequestInit) => {
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` }
    return { ...init, headers }
  }
  const { stdout } = await cli(['check', 'acme'], {
    api: { baseUrl: program.url, fetch: (to, init) => fetch(to, signedIn(init)) },
  })
  expect(stdout).toMatch(
    /operation +token alone +key alone +both +here\n +create accounts +with a mail +yes, quietly +yes, quietly +yes, quietly\n/,
  )
  expect(stdout).toMatch(/mail domain of the people +people +verified here\n/)
})
