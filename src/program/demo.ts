import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { DemoOptions } from '../cli/environment.ts'
import { fail } from '../domain/errors.ts'
import type { LdapFacts } from '../sandbox/ldap/start.ts'
import { startSandbox } from '../sandbox/start.ts'
import { inside } from './doors.ts'
import { aborted, type Machine } from './machine.ts'
import { companySize } from './sandbox.ts'
import { startServing } from './serving.ts'

/** A made-up company with its directory and site, served until the signal. */
export async function demo(machine: Machine, options: DemoOptions): Promise<void> {
  const folder =
    options.dataDir === undefined ? await mkdtemp(join(tmpdir(), 'muster-demo-')) : resolve(options.dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const sandbox = await startSandbox({ company: companySize(options.company), ldap: {} })
  try {
    const directory = sandbox.ldap
    if (directory === undefined) throw fail.bug('The sandbox serves no directory.')
    const config = join(folder, 'muster.yaml')
    await writeFile(join(folder, 'ldap-password'), directory.password, { mode: 0o600 })
    await writeFile(join(folder, 'api-token'), sandbox.credentials.apiToken, { mode: 0o600 })
    await writeFile(join(folder, 'org-api-key'), sandbox.credentials.orgApiKey, { mode: 0o600 })
    await writeFile(config, demoConfiguration(sandbox, directory), { mode: 0o600 })
    const serving = await startServing(machine, {
      demoUser: 'demo',
      config,
      dataDir: join(folder, 'data'),
      port: options.port ?? 0,
      embedded: true,
      // The command tells the story itself.
      logLevel: 'warn',
      say: (sentence) => void process.stderr.write(`${sentence}\n`),
    })
    const api = await inside(serving.instance, 'server', async () => undefined)
    try {
      options.ready({
        url: serving.url,
        signInUrl: serving.signInUrl ?? serving.url,
        sandboxUrl: sandbox.url,
        dataDir: serving.instance.dataDir,
        config,
        directory: {
          url: directory.url,
          bindDn: directory.bindDn,
          password: directory.password,
          baseDn: directory.baseDn,
        },
        company: sandbox.directory,
        api,
        connection: 'staff',
        notes: serving.notes,
      })
      await aborted(options.signal === undefined ? machine.signal : AbortSignal.any([machine.signal, options.signal]))
    } finally {
      await api.close()
      await serving.stop()
    }
  } finally {
    await sandbox.stop()
    if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true })
  }
}

function demoConfiguration(
  { site, apiBase, credentials }: Awaited<ReturnType<typeof startSandbox>>,
  { host, port, bindDn, baseDn }: LdapFacts,
): string {
  return `# Made by \`muster demo\`. Everything in it belongs to the sandbox and is worth nothing elsewhere.
sources:
  company:
    type: ldap
    displayName: Sample company
    hosts: [${host}]
    port: ${port}
    security: none
    bindDn: ${JSON.stringify(bindDn)}
    password: { file: ldap-password }
    baseDn: ${JSON.stringify(baseDn)}
targets:
  sandbox:
    type: jira-cloud
    displayName: Sandbox site
    site: ${JSON.stringify(site)}
    apiBase: ${JSON.stringify(apiBase)}
    email: ${JSON.stringify(credentials.email)}
    apiToken: { file: api-token }
    orgApiKey: { file: org-api-key }
connections:
  staff:
    displayName: Staff
    source: company
    target: sandbox
    mode: review
    groups:
      byName: {}
`
}
