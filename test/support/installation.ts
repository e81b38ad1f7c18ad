import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompanyDirectory } from '../../src/sandbox/company/directory.ts'
import { writeJson } from '../../src/sandbox/company/write.ts'
import type { SandboxFacts } from '../../src/sandbox/start.ts'
import { type Finished, type MusterOptions, type MusterProcess, muster, startMuster } from './muster.ts'
import { prefill } from './ready-store.ts'

/** Guards wide enough for a first import of any size; the trust guards still stand. */
const openLimits = `
      deactivations: { floor: 1000000, percent: 100, cap: 1000000 }
      membershipRemovals: { floor: 1000000, percent: 100, cap: 1000000 }
      groupRemovals: { floor: 1000000, percent: 100, cap: 1000000 }
      groupsEmptied: { floor: 1000000, percent: 100, cap: 1000000 }
      creates: { floor: 1000000, percent: 100, cap: 1000000 }`

/** A data directory, a configuration file and a company file in a folder of their own, as a user would have them. */
export class Installation implements Disposable {
  readonly folder: string
  readonly env: Record<string, string>
  readonly #sandbox: SandboxFacts

  constructor(sandbox: SandboxFacts, extra: { readonly connection?: string; readonly databaseUrl?: string } = {}) {
    this.#sandbox = sandbox
    this.folder = mkdtempSync(join(tmpdir(), 'muster-inst-'))
    this.env = {
      JIRA_TOKEN: sandbox.credentials.apiToken,
      ORG_KEY: sandbox.credentials.orgApiKey,
      ...(extra.databaseUrl === undefined ? {} : { DATABASE_URL: extra.databaseUrl }),
    }
    writeFileSync(this.configFile, this.configuration(extra.connection))
    if (extra.databaseUrl === undefined) prefill(this.dataDir)
  }

  get configFile(): string {
    return join(this.folder, 'muster.yaml')
  }

  get dataDir(): string {
    return join(this.folder, 'data')
  }

  configuration(connection = `\n    guards:${openLimits}`): string {
    const { site, apiBase, credentials } = this.#sandbox
    return `sources:
  hr: { type: file, path: company.json }
targets:
  acme:
    type: jira-cloud
    site: "${site}"
    apiBase: "${apiBase}"
    email: ${credentials.email}
    apiToken: { env: JIRA_TOKEN }
    orgApiKey: { env: ORG_KEY }
connections:
  staff:
    source: hr
    target: acme
    mode: automatic
    groups: { byName: {} }${connection}
`
  }

  writeConfiguration(text: string): void {
    writeFileSync(this.configFile, text)
  }

  writeCompany(directory: CompanyDirectory): Promise<void> {
    return writeJson(directory, join(this.folder, 'company.json'))
  }

  #args(args: readonly string[]): string[] {
    return [...args, '--config', this.configFile, '--data-dir', this.dataDir]
  }

  run(args: readonly string[], options: MusterOptions = {}): Promise<Finished> {
    return muster(this.#args(args), { cwd: this.folder, ...options, env: { ...this.env, ...options.env } })
  }

  start(args: readonly string[], options: MusterOptions = {}): MusterProcess {
    return startMuster(this.#args(args), { cwd: this.folder, ...options, env: { ...this.env, ...options.env } })
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
