import { type PostgresServer, startPostgres } from '../test/support/postgres.ts'
import { Fleet, type Instance, mayRenameHost } from './instances/fleet.ts'
import { type Bench, type BenchOptions, type Row, ratio, seconds } from './row.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
/** Requests that were under way when a process was killed still arrive for so long. */
const latencyMs = 100

/**
 * Several instances on one PostgreSQL: what one, two, three and four of them get done for four directories, and how long it
 * takes until another one goes on after a kill -9 of the instance that writes.
 */
const bench: Bench = {
  name: 'instances',
  async run(options) {
    const postgres = await startPostgres({ durable: true })
    try {
      return [...(await throughput(postgres, options)), ...(await takeOver(postgres, options))]
    } finally {
      await postgres.stop()
    }
  },
}

/** The plans are spread over the instances as a balancer in front of them would; one directory has one writer at a time. */
async function throughput(postgres: PostgresServer, { quick, say }: BenchOptions): Promise<readonly Row[]> {
  const [sites, peoplePerSite] = quick ? [4, 60] : [4, 1_000]
  const rows: Row[] = []
  let alone = 0
  for (const count of quick ? [1, 2] : [1, 2, 3, 4]) {
    const databaseUrl = await postgres.createDatabase()
    await using fleet = await Fleet.open({ databaseUrl, sites, peoplePerSite, latencyMs })
    const plans: string[] = []
    for (let site = 0; site < sites; site += 1) plans.push(await fleet.approvedPlan(site))
    const instances: Instance[] = []
    for (let n = 0; n < count; n += 1) instances.push(await fleet.start())
    const before = await fleet.effects()
    const started = performance.now()
    const runs = await Promise.all(plans.map((plan, at) => fleet.apply(instances[at % count]!, plan)))
    for (const run of runs) {
      let state = ''
      while (state !== 'applied') {
        state = await fleet.stateOf(instances[0]!, run)
        if (['failed', 'partial', 'cancelled', 'held'].includes(state)) throw new Error(`A run ended as ${state}.`)
        if (state !== 'applied') await pause(200)
      }
    }
    const ms = performance.now() - started
    const perSecond = ((await fleet.effects()) - before) / (ms / 1000)
    if (count === 1) alone = perSecond
    const measured = `${Math.round(perSecond)} changes/s (${seconds(ms)} with proof)${count === 1 ? '' : `: ${ratio(perSecond, alone)} of one`}`
    say(`${count} of ${sites} directories: ${measured}`)
    rows.push({
      work: `instances, PostgreSQL: ${count} ${count === 1 ? 'instance' : 'instances'}, ${sites} directories of ${peoplePerSite} people, targets ${latencyMs} ms away`,
      measured,
      goal: '-',
    })
  }
  return rows
}

async function takeOver(postgres: PostgresServer, { quick, say }: BenchOptions): Promise<readonly Row[]> {
  const rounds = quick ? 1 : 3
  const places = [
    { place: 'on the same machine', host: undefined },
    ...(mayRenameHost() ? [{ place: 'on another machine (by its name)', host: 'bench-other' }] : []),
  ]
  const rows: Row[] = []
  for (const { place, host } of places) {
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const databaseUrl = await postgres.createDatabase()
      times.push(await killed(databaseUrl, host, quick ? 300 : 1_000))
      say(`${place}: ${seconds(times.at(-1) ?? 0)}`)
    }
    rows.push({
      work: `instances, PostgreSQL: kill -9 of the instance that writes, until another ${place} writes`,
      measured: times.map(seconds).join(', '),
      goal: '-',
    })
  }
  return rows
}

/** Milliseconds from the kill to the first write of the other instance at the target. */
async function killed(databaseUrl: string, host: string | undefined, people: number): Promise<number> {
  await using fleet = await Fleet.open({ databaseUrl, sites: 1, peoplePerSite: people, latencyMs })
  const plan = await fleet.approvedPlan(0)
  const writer = await fleet.start()
  const other = await fleet.start(host)
  const run = await fleet.apply(writer, plan)
  const before = await fleet.effects()
  while ((await fleet.effects()) < before + 20) await pause(20)
  const killedAt = Date.now()
  writer.child.kill('SIGKILL')
  // What was under way at the moment of the kill has arrived by then.
  await pause(latencyMs * 3)
  const left = await fleet.effects()
  while ((await fleet.effects()) === left) {
    if ((await fleet.stateOf(other, run)) === 'applied')
      throw new Error('The run was over before the kill; take more people.')
    await pause(50)
  }
  return Date.now() - killedAt
}

export default bench
