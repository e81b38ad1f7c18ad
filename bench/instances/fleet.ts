import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCompany } from '../../src/sandbox/company/company.ts'
import { writeJson } from '../../src/sandbox/company/write.ts'
import { muster } from '../../test/support/muster.ts'
import { type SandboxProcess, sandboxProcess } from '../../test/support/sandbox.ts'

const program = fileURLToPath(new URL('../../bin/muster.js', import.meta.url))
const wide = '{ floor: 1000000, percent: 100, cap: 1000000 }'

export interface Instance {
  readonly url: string
  readonly child: ChildProcess
}

export interface FleetOptions {
  readonly databaseUrl: string
  /** Directories, each with a company, a target and a connection of its own. */
  readonly sites: number
  readonly peoplePerSite: number
  /** How far away each target is. */
  readonly latencyMs: number
}

/** Several companies and sites, and instances of the program on one PostgreSQL that keep them equal. */
export class Fleet implements AsyncDisposable {
  readonly sites: readonly SandboxProcess[]
  readonly #folder: string
  readonly #env: Readonly<Record<string, string>>
  readonly #instances: Instance[] = []
  #token = ''

  private constructor(folder: string, sites: readonly SandboxProcess[], env: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.sites = sites
    this.#env = env
  }

  static async open({ databaseUrl, sites: count, peoplePerSite, latencyMs }: FleetOptions): Promise<Fleet> {
    const folder = mkdtempSync(join(tmpdir(), 'muster-fleet-'))
    const sites: SandboxProcess[] = []
    const env: Record<string, string> = { DATABASE_URL: databaseUrl }
    let [sources, targets, connections] = ['', '', '']
    for (let n = 0; n < count; n += 1) {
      const sandbox = await sandboxProcess({ company: peoplePerSite, seed: n + 1 })
      sites.push(sandbox)
      await writeJson(makeCompany(peoplePerSite, { seed: n + 1 }).directory, join(folder, `company-${n}.json`))
      await sandbox.control('POST', '/latency', { ms: latencyMs })
      env[`API_TOKEN_${n}`] = sandbox.credentials.apiToken
      env[`ORG_KEY_${n}`] = sandbox.credentials.orgApiKey
      sources += `  hr-${n}: { type: file, path: company-${n}.json }\n`
      targets += `  site-${n}: { type: jira-cloud, site: "${sandbox.site}", apiBase: "${sandbox.apiBase}", email: ${sandbox.credentials.email}, apiToken: { env: API_TOKEN_${n} }, orgApiKey: { env: ORG_KEY_${n} } }\n`
      connections += `  staff-${n}: { source: hr-${n}, target: site-${n}, mode: automatic, groups: { byName: {} }, guards: { creates: ${wide}, membershipRemovals: ${wide}, groupRemovals: ${wide} } }\n`
    }
    writeFileSync(join(folder, 'muster.yaml'), `sources:\n${sources}targets:\n${targets}connections:\n${connections}`)
    const fleet = new Fleet(folder, sites, env)
    const made = await fleet.#run(['token', 'create', 'bench', '--role', 'admin', '--role', 'approver', '--json'])
    fleet.#token = (JSON.parse(made) as { value: string }).value
    return fleet
  }

  /** A plan of the first sync of a site, approved; its id. */
  async approvedPlan(site: number): Promise<string> {
    const { plan } = JSON.parse(await this.#run(['plan', `staff-${site}`, '--json'])) as { plan: { id: string } }
    await this.#run(['approve', plan.id, '--all'])
    return plan.id
  }

  /** One more instance; with `host` it takes itself for one on a machine of that name, where the kernel allows that. */
  async start(host?: string): Promise<Instance> {
    const args = [program, 'serve', '--port', '0', ...this.#on]
    const options = {
      cwd: this.#folder,
      env: { PATH: process.env.PATH ?? '', HOME: this.#folder, ...this.#env },
      stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'],
    }
    const child =
      host === undefined
        ? spawn(process.execPath, args, options)
        : spawn(
            'unshare',
            ['--uts', 'sh', '-c', `hostname ${host} && exec "$0" "$@"`, process.execPath, ...args],
            options,
          )
    const url = await new Promise<string>((resolve, reject) => {
      let seen = ''
      child.stdout?.on('data', (part) => {
        seen += String(part)
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(seen)
        if (found !== null) resolve(found[0])
      })
      child.once('exit', (code) => reject(new Error(`An instance ended with ${code}: ${seen}`)))
    })
    const instance = { url, child }
    this.#instances.push(instance)
    return instance
  }

  /** Carries out a plan by this instance; the id of the run. */
  async apply({ url }: Instance, plan: string): Promise<string> {
    return (await this.#call(url, 'POST', `/api/v1/plans/${plan}/apply`)).id
  }

  async stateOf({ url }: Instance, run: string): Promise<string> {
    return (await this.#call(url, 'GET', `/api/v1/runs/${run}`)).state
  }

  /** What truly changed at all sites. */
  async effects(): Promise<number> {
    let all = 0
    for (const site of this.sites) {
      const { effects } = await site.control<{ effects: Record<string, number> }>('GET', '/counters')
      all += Object.values(effects).reduce((sum, each) => sum + each, 0)
    }
    return all
  }

  /** Ends the instances, not the sites. */
  async stopInstances(): Promise<void> {
    for (const { child } of this.#instances.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopInstances()
    for (const site of this.sites) await site.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #on(): readonly string[] {
    return ['--config', 'muster.yaml', '--data-dir', 'data']
  }

  async #run(args: readonly string[]): Promise<string> {
    const finished = await muster([...args, ...this.#on], { cwd: this.#folder, env: this.#env, timeoutMs: 3_600_000 })
    if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`)
    return finished.stdout
  }

  async #call(url: string, method: string, path: string): Promise<{ readonly id: string; readonly state: string }> {
    const response = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${this.#token}` } })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { readonly id: string; readonly state: string }
  }
}

/** Whether processes here may be told another name of their machine. */
export function mayRenameHost(): boolean {
  try {
    return (
      execFileSync('unshare', ['--uts', 'sh', '-c', 'hostname a && hostname'], { stdio: 'pipe' }).toString() === 'a\n'
    )
  } catch {
    return false
  }
}
