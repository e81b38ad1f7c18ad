import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { Installation } from '../support/installation.ts'
import { SoakWorld } from './soak-world.ts'

export interface SoakPlan {
  /** Real time of the unrest; at the end the site gets as long as it needs to become equal, at most this again. */
  readonly seconds: number
  readonly seed: number
  readonly people: number
  readonly groups: number
  /** Simulated seconds in a real one. */
  readonly speed: number
  /** Two instances; absent = one instance on the embedded store. */
  readonly databaseUrl?: string
  /** Stops the store for a moment, where it is a server of its own. */
  readonly restartStore?: () => Promise<void>
  readonly say?: (line: string) => void
}

export interface SoakReport {
  readonly simulatedDays: number
  readonly events: number
  readonly kills: number
  readonly storeRestarts: number
  readonly faults: number
  readonly runs: Readonly<Record<string, number>>
  /** What of the site is not as the company says. */
  readonly differences: readonly string[]
  readonly invitedTwice: number
}

const program = fileURLToPath(new URL('./instance.ts', import.meta.url))
const leastHappenings = 6
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Lets a company live while instances are killed, the store is restarted, the source is torn and the target misbehaves;
 * then gives it rest and compares. Nothing may be lost, nothing taken away wrongly, nobody invited twice.
 */
export async function soak(plan: SoakPlan): Promise<SoakReport> {
  const say = plan.say ?? (() => undefined)
  const random = seeded(plan.seed)
  const sandbox = await startSandbox({ company: 2, target: 'fresh', seed: plan.seed })
  using installation = new Installation(sandbox, {
    connection: `\n    users: { onLeft: [{ after: 0d, action: deactivate }] }\n    schedule: { every: 2h }${calmGuards}`,
    ...(plan.databaseUrl === undefined ? {} : { databaseUrl: plan.databaseUrl }),
  })
  const world = new SoakWorld(sandbox, installation.folder, random, plan.people, plan.groups)
  const instances: Instance[] = []
  try {
    await firstRun(installation)
    const begun = Date.now()
    const start = () => startInstance(installation, plan, begun)
    const count = plan.databaseUrl === undefined ? 1 : 2
    for (let index = 0; index < count; index += 1) instances.push(await start())
    const report = { events: 0, kills: 0, storeRestarts: 0, faults: 0 }
    const until = begun + plan.seconds * 1000
    const happened = () => report.events + report.kills + report.storeRestarts + report.faults
    // On a machine that hangs the time may pass with nothing in it, which would show nothing.
    while (Date.now() < until || happened() < leastHappenings) {
      await pause(100 + random() * 400)
      const dice = random()
      if (dice < 0.08) {
        const victim = Math.floor(random() * instances.length)
        await instances[victim]!.kill()
        instances[victim] = await start()
        report.kills += 1
      } else if (dice < 0.1 && plan.restartStore !== undefined) {
        await plan.restartStore()
        report.storeRestarts += 1
      } else if (dice < 0.3) {
        misbehave(sandbox, world, random)
        report.faults += 1
      } else {
        say(world.happen())
        report.events += 1
      }
    }
    sandbox.control.calm()
    world.save()
    say('rest')
    const differences = await settled(sandbox, world, plan.seconds * 1000 + 60_000)
    const runs = await runsByState(installation)
    const { invitations } = sandbox.control.counters()
    return {
      simulatedDays: Math.round(((Date.now() - begun) * plan.speed) / 86_400_000),
      ...report,
      runs,
      differences,
      invitedTwice: Object.values(invitations).filter((each) => each.invitations > 1).length,
    }
  } finally {
    for (const instance of instances) await instance.kill()
    await sandbox.stop()
  }
}

const calmGuards = `
    guards:
      deactivations: { floor: 1000000, percent: 100, cap: 1000000 }
      membershipRemovals: { floor: 1000000, percent: 100, cap: 1000000 }
      groupRemovals: { floor: 1000000, percent: 100, cap: 1000000 }
      groupsEmptied: { floor: 1000000, percent: 100, cap: 1000000 }
      creates: { floor: 1000000, percent: 100, cap: 1000000 }
      sourceUsers: { floor: 1000000, percent: 100 }
      sourceGroupMembers: { floor: 1000000, percent: 100 }
      groupAdoption: allow`

async function firstRun(installation: Installation): Promise<void> {
  const planned = await installation.run(['plan', 'staff', '--json'])
  if (planned.code !== 0) throw new Error(`plan ended with ${planned.code}: ${planned.stderr}`)
  const { plan } = JSON.parse(planned.stdout) as { plan: { id: string } }
  for (const line of [
    ['approve', plan.id, '--all'],
    ['apply', plan.id],
  ]) {
    const { code, stderr } = await installation.run(line)
    if (code !== 0) throw new Error(`${line[0]} ended with ${code}: ${stderr}`)
  }
}

async function runsByState(installation: Installation): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await installation.run(['runs', '--all', '--json'])
  const { items } = JSON.parse(stdout) as { items: readonly { state: string }[] }
  const counts: Record<string, number> = {}
  for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

interface Instance {
  kill(): Promise<void>
}

async function startInstance(installation: Installation, plan: SoakPlan, begun: number): Promise<Instance> {
  const child: ChildProcess = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH ?? '',
      ...installation.env,
      SOAK_SPEED: String(plan.speed),
      SOAK_BEGUN: String(begun),
      SOAK_FOLDER: installation.folder,
      SOAK_DATA: installation.dataDir,
      SOAK_LOG: process.env.SOAK_LOG ?? '',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await Promise.race([
    new Promise((resolve) => child.stdout?.once('data', resolve)),
    // Killed by a store that was away at its start: the next event starts another.
    ended,
  ])
  return {
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** One of the things that go wrong out there. */
function misbehave(sandbox: Sandbox, world: SoakWorld, random: () => number): void {
  const { control } = sandbox
  const faults = [
    () => world.tear(),
    () => control.addFault({ operations: '*', kind: 'too-many-requests', retryAfterSeconds: 1, times: 5 }),
    () => control.addFault({ operations: '*', kind: 'status', status: 503, when: 'before', times: 5 }),
    () => control.addFault({ operations: '*', kind: 'status', status: 500, when: 'after', times: 2 }),
    () => control.addFault({ operations: '*', kind: 'close', when: 'after', times: 3 }),
    () => control.addFault({ operations: '*', kind: 'short-page', times: 2 }),
    () => control.addFault({ operations: '*', kind: 'not-json', times: 2 }),
  ]
  faults[Math.floor(random() * faults.length)]!()
}

async function settled(sandbox: Sandbox, world: SoakWorld, limitMs: number): Promise<readonly string[]> {
  const end = Date.now() + limitMs
  let equalSince: number | undefined
  while (Date.now() < end) {
    await pause(500)
    if (world.differences().length > 0) equalSince = undefined
    else equalSince ??= Date.now()
    // Equal for a while, so that a run under way would have shown.
    if (equalSince !== undefined && Date.now() - equalSince > 5_000) return []
  }
  sandbox.control.calm()
  return world.differences()
}

function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}
