import { makeCompany } from '../../src/sandbox/company/company.ts'
import { Installation } from '../support/installation.ts'
import { type SandboxProcess, sandboxProcess } from '../support/sandbox.ts'

export interface KillPlan {
  readonly people: number
  readonly kills: number
  readonly seed: number
  /** Absent = the embedded store. */
  readonly databaseUrl?: string
  readonly say?: (line: string) => void
}

export interface KillReport {
  /** Kills that met the program at work. */
  readonly kills: number
  /** Of these, kills between the target's write and its answer. */
  readonly betweenWriteAndAnswer: number
  /** The end state is equal to that of an uninterrupted run. */
  readonly equal: boolean
  /** People let in twice by an invitation. */
  readonly invitedTwice: number
  /** What truly changed in the target, with and without kills. */
  readonly effects: Readonly<Record<string, number>>
  readonly undisturbed: Readonly<Record<string, number>>
  readonly seconds: number
}

interface Counters {
  readonly total: number
  readonly effects: Record<string, number>
  readonly invitations: Record<string, { invitations: number }>
}

/**
 * Applies one big first sync while it is killed (SIGKILL) again and again, a third of the time between the target's write
 * and its answer, and compares the end with an uninterrupted run of the same company.
 */
export async function killAgainAndAgain(plan: KillPlan): Promise<KillReport> {
  const started = performance.now()
  const say = plan.say ?? (() => undefined)
  const company = makeCompany(plan.people, { seed: plan.seed })

  await using calmSandbox = await sandboxProcess({ company: plan.people, seed: plan.seed })
  using calm = new Installation(calmSandbox)
  await calm.writeCompany(company.directory)
  const calmPlan = await planAndApprove(calm)
  const callsOfPlan = (await calmSandbox.control<Counters>('GET', '/counters')).total
  const undisturbedRun = await calm.run(['apply', calmPlan, '--json'], { timeoutMs: 1_800_000 })
  if (undisturbedRun.code !== 0)
    throw new Error(`The uninterrupted run ended with ${undisturbedRun.code}: ${undisturbedRun.stderr}`)
  say(`uninterrupted run: ${Math.round(undisturbedRun.ms / 1000)} s`)

  await using sandbox = await sandboxProcess({ company: plan.people, seed: plan.seed })
  using installation = new Installation(
    sandbox,
    plan.databaseUrl === undefined ? {} : { databaseUrl: plan.databaseUrl },
  )
  await installation.writeCompany(company.directory)
  const planId = await planAndApprove(installation)

  // A call takes long enough for a kill to land inside one; also on a machine with few cores.
  await sandbox.control('POST', '/latency', { ms: 25 })
  const random = seeded(plan.seed)
  // Kills are spread over the work itself: each waits until the target saw so many more calls.
  const totalCalls = (await calmSandbox.control<Counters>('GET', '/counters')).total - callsOfPlan
  const callsPerKill = Math.max(1, Math.floor((totalCalls * 0.9) / plan.kills))
  let kills = 0
  let betweenWriteAndAnswer = 0
  let ended = false
  while (kills < plan.kills && !ended) {
    const hold = kills % 3 === 2
    const before = (await sandbox.control<Counters>('GET', '/counters')).total
    const wanted = before + 5 + Math.floor(random() * callsPerKill)
    if (hold) {
      const skip = Math.floor(random() * 20)
      await sandbox.control('POST', '/faults', {
        kind: 'hold',
        when: 'after',
        ms: 60_000,
        operations: writes,
        skip,
        times: 1,
      })
    }
    const running = installation.start(['apply', planId], { timeoutMs: 1_800_000 })
    const reached = await waitFor(running.finished, async () => {
      if (hold) return (await sandbox.control<{ held: number }>('GET', '/faults')).held > 0
      return (await sandbox.control<Counters>('GET', '/counters')).total >= wanted
    })
    ended = !reached
    running.child.kill('SIGKILL')
    const { code, stderr } = await running.finished
    await sandbox.control('DELETE', '/faults')
    await sandbox.control('POST', '/release')
    if (ended) {
      if (code !== 0) throw new Error(`A run ended by itself with ${code}: ${stderr}`)
      break
    }
    kills += 1
    if (hold) betweenWriteAndAnswer += 1
    if (kills % 10 === 0) say(`${kills} kills`)
  }
  const last = ended ? undefined : await installation.run(['apply', planId], { timeoutMs: 1_800_000 })
  if (last !== undefined && last.code !== 0)
    throw new Error(`The last run ended with ${last.code}: ${last.stderr}\n${last.stdout}`)

  const [digest, calmDigest] = await Promise.all([digestOf(sandbox), digestOf(calmSandbox)])
  const counters = await sandbox.control<Counters>('GET', '/counters')
  const calmCounters = await calmSandbox.control<Counters>('GET', '/counters')
  return {
    kills,
    betweenWriteAndAnswer,
    equal: digest === calmDigest,
    invitedTwice: Object.values(counters.invitations).filter((count) => count.invitations > 1).length,
    effects: counters.effects,
    undisturbed: calmCounters.effects,
    seconds: Math.round((performance.now() - started) / 1000),
  }
}

const writes = 'org.invite,org.group.create,org.group.addMember,account.updateProfile'

async function planAndApprove(installation: Installation): Promise<string> {
  const planned = await installation.run(['plan', 'staff', '--json'], { timeoutMs: 600_000 })
  if (planned.code !== 0) throw new Error(`plan ended with ${planned.code}: ${planned.stderr}`)
  const { plan } = JSON.parse(planned.stdout) as { plan: { id: string } }
  const planId = plan.id
  const approved = await installation.run(['approve', planId, '--all'], { timeoutMs: 600_000 })
  if (approved.code !== 0) throw new Error(`approve ended with ${approved.code}: ${approved.stderr}`)
  return planId
}

/** Without the list of groups, in which the mark of each installation differs; people name the groups they are in. */
async function digestOf(sandbox: SandboxProcess): Promise<string> {
  const path = '/digest?parts=people,profiles,projects'
  return (await sandbox.control<{ digest: string }>('GET', path)).digest
}

/** True when the condition came true, false when the process ended first. */
async function waitFor(finished: Promise<unknown>, condition: () => Promise<boolean>): Promise<boolean> {
  let over = false
  void finished.then(() => {
    over = true
  })
  while (!over) {
    if (await condition()) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}
