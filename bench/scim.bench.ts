import { setTimeout as pause } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import { type Database, openDatabase } from '../src/storage/database.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { type ScimServer, startScimServer } from '../test/support/scim-server.ts'
import { type Bench, type BenchOptions, type Row, ratio } from './row.ts'
import { type Beside, measureBeside } from './scim/beside.ts'
import { ScimClient } from './scim/client.ts'
import { eachMs, perSecond } from './scim/measure.ts'

/** The SCIM server of a running program over HTTP, beside bare statements on the same store from a pool like its own. */
const bench: Bench = {
  name: 'scim',
  async run(options) {
    const beside = await measureBeside(options.quick, numberedPeople())
    const rows: Row[] = [besideRow(beside)]
    {
      await using server = await startScimServer()
      const database = await openDatabase({ dataDir: server.dataDir })
      rows.push(...(await onStore('embedded', server, database, options, beside)))
    }
    const postgres = await startPostgres({ durable: true })
    try {
      const databaseUrl = await postgres.createDatabase()
      await using server = await startScimServer({ databaseUrl })
      const database = await openDatabase({ databaseUrl, poolSize: 32 })
      rows.push(...(await onStore('PostgreSQL', server, database, options, beside)))
    } finally {
      await postgres.stop()
    }
    return rows
  },
}

async function onStore(
  store: 'embedded' | 'PostgreSQL',
  server: ScimServer,
  database: Database,
  { quick, say }: BenchOptions,
  beside: Beside,
): Promise<readonly Row[]> {
  const client = new ScimClient(server.base, server.token)
  const run = (statement: RawBuilder<unknown>) => statement.execute(database.kysely)
  const row = (work: string, measured: string, goal: string): Row => {
    say(`${store}: ${work}: ${measured}`)
    return { work: `SCIM, ${store}: ${work}`, measured, goal }
  }
  const rounds = quick ? 30 : 400
  const rows: Row[] = []
  try {
    await run(sql`create table if not exists bench_bare (id text primary key, document json not null)`)
    const person = numberedPeople()
    const bare = () => {
      const body = person()
      return run(sql`insert into bench_bare values (${body.userName}, ${JSON.stringify(body)})`)
    }
    const syncs = await fsyncsOf(store, run, () => client.create('Users', person()))
    const bareMs = await eachMs(rounds, bare)
    const before = await syncs()
    const createMs = await eachMs(rounds, () => client.create('Users', person()))
    const perCreate = ((await syncs()) - before) / (rounds + Math.min(20, Math.ceil(rounds / 10)) + 1)
    rows.push(
      row(
        'create, durable, one client, beside a bare insert',
        `${ratio(bareMs, createMs)} (${told(createMs)} and ${told(bareMs)})${store === 'embedded' ? '' : `; ${perCreate.toFixed(2)} fsyncs each`}`,
        '>= 0.6x',
      ),
    )
    rows.push(
      row(
        'create, durable, one client, beside scimmy-routers all in memory',
        `${ratio(beside.create, createMs)} as fast (${told(createMs)} and ${told(beside.create)})`,
        '>= 1x',
      ),
    )
    const many = quick ? 200 : 3_000
    const alone = await perSecond(many / 4, 1, () => client.create('Users', person()))
    const together = await perSecond(many, 32, () => client.create('Users', person()))
    rows.push(
      row(
        '32 clients that create, beside one',
        `${ratio(together, alone)} (${Math.round(together)}/s and ${Math.round(alone)}/s)`,
        store === 'PostgreSQL' ? '>= 3x' : '-',
      ),
    )
    rows.push(...(await reads(row, client, run, person, quick, beside)))
    rows.push(...(await groups(row, client, run, quick)))
  } finally {
    client.close()
    await database.close()
  }
  return rows
}

function numberedPeople() {
  let made = 0
  return () => {
    made += 1
    return {
      userName: `person${made}@corp.example`,
      externalId: `e${made}`,
      displayName: `Person ${made}`,
      name: { givenName: 'Person', familyName: String(made) },
      emails: [{ value: `person${made}@corp.example`, type: 'work', primary: true }],
      active: true,
    }
  }
}

function besideRow({ byIdAmongMany, byNameAmongMany, patchSmall, patchLarge, largeGroup, ...few }: Beside): Row {
  return {
    work: 'SCIM, scimmy-routers in the same run: all in memory, nothing outlives the process, no versions, no log',
    measured: `create ${told(few.create)}; GET by id ${told(few.byId)}, among many ${told(byIdAmongMany)}; userName eq by an index of ours ${told(few.byName)}, among many ${told(byNameAmongMany)}; one member into a group of 50 ${told(patchSmall)}, of ${largeGroup} ${told(patchLarge)}`,
    goal: '-',
  }
}

type Say = (work: string, measured: string, goal: string) => Row
type Run = (statement: RawBuilder<unknown>) => Promise<{ readonly rows: readonly unknown[] }>

async function reads(
  row: Say,
  client: ScimClient,
  run: Run,
  person: () => object & { readonly userName: string },
  quick: boolean,
  beside: Beside,
): Promise<readonly Row[]> {
  const rounds = quick ? 30 : 400
  const [small, large] = quick ? [300, 600] : [1_000, 100_000]
  const measure = async (): Promise<{ byId: number; byName: number; point: number }> => {
    const body = person()
    const id = await client.create('Users', body)
    const filter = encodeURIComponent(`userName eq "${body.userName}"`)
    return {
      byId: await eachMs(rounds, () => client.call('GET', `Users/${id}`)),
      byName: await eachMs(rounds, () => client.call('GET', `Users?filter=${filter}`)),
      point: await eachMs(rounds, () =>
        run(sql`select document from push_resource where source = 'idp' and id = ${id}`),
      ),
    }
  }
  const grow = async (to: number) => {
    const { rows } = await run(sql`select count(*)::int as n from push_resource where kind = 'user'`)
    const missing = to - (rows[0] as { n: number }).n
    await perSecond(Math.ceil(missing / 500), 1, () =>
      client.call('POST', 'Bulk', {
        Operations: Array.from({ length: 500 }, (_, at) => ({
          method: 'POST',
          path: '/Users',
          bulkId: `b${at}`,
          data: person(),
        })),
      }),
    )
  }
  if (quick) await grow(small)
  const few = await measure()
  await grow(large)
  const most = await measure()
  return [
    row(
      'GET by id, beside a bare point read',
      `${ratio(few.point, few.byId)} (${told(few.byId)} and ${told(few.point)})`,
      '>= 0.5x',
    ),
    row(
      'GET by id and userName eq, beside scimmy-routers all in memory',
      `${ratio(few.byId, beside.byId)} and ${ratio(few.byName, beside.byName)} of its time (${told(few.byId)} and ${told(few.byName)}, there ${told(beside.byId)} and ${told(beside.byName)})`,
      '-',
    ),
    row(
      'userName eq, beside GET by id',
      `${ratio(most.byName, most.byId)} (${told(most.byName)} and ${told(most.byId)})`,
      '<= 1.3x',
    ),
    row(
      `reads with ${large} people, beside ${small === 300 ? small : 'a few thousand'}`,
      `by id ${ratio(most.byId, few.byId)}, by userName ${ratio(most.byName, few.byName)}`,
      '<= 1.3x',
    ),
  ]
}

async function groups(row: Say, client: ScimClient, run: Run, quick: boolean): Promise<readonly Row[]> {
  const rounds = quick ? 10 : 60
  const size = quick ? 500 : 50_000
  const found = (await run(
    sql`select id from push_resource where source = 'idp' and kind = 'user' order by id limit ${size + 1_100 + rounds * 2}`,
  )) as { readonly rows: readonly { readonly id: string }[] }
  const ids = found.rows.map(({ id }) => id)
  const filled = async (displayName: string, count: number) => {
    const id = await client.create('Groups', { displayName })
    for (let at = 0; at < count; at += 1_000) {
      await client.call('PATCH', `Groups/${id}`, add(ids.slice(at, Math.min(count, at + 1_000))))
    }
    return id
  }
  const large = await filled('large', size)
  const small = await filled('small', 50)
  const spare = ids.slice(size)
  const oneMore = (group: string) => (round: number) =>
    client.call('PATCH', `Groups/${group}`, add([spare[round] ?? '']))
  const intoLarge = await eachMs(rounds, oneMore(large))
  const intoSmall = await eachMs(rounds, oneMore(small))
  const thousand = ids.slice(0, 1_000)
  const inOne = await eachMs(quick ? 3 : 10, async (round) =>
    client.call(
      'PATCH',
      `Groups/${await client.create('Groups', { displayName: `thousand ${round}` })}`,
      add(thousand),
    ),
  )
  const creating = await eachMs(quick ? 3 : 10, (round) => client.create('Groups', { displayName: `empty ${round}` }))
  await run(
    sql`create table if not exists bench_members (source text, group_id text, member_id text, primary key (source, group_id, member_id))`,
  )
  await run(sql`create index if not exists bench_members_of on bench_members (source, member_id, group_id)`)
  const bare = await eachMs(quick ? 3 : 10, (round) =>
    run(sql`insert into bench_members select 'idp', ${`g${round}`}, unnest(${thousand}::text[])`),
  )
  const written = await rowsWritten(run, async () => {
    const members = (
      JSON.parse((await client.call('GET', `Groups/${large}?attributes=members.value`)).text) as {
        members: readonly { value: string }[]
      }
    ).members
    const changed = [...members.slice(1), { value: spare.at(-1) ?? '' }]
    await client.call('PATCH', `Groups/${large}`, { Operations: [{ op: 'replace', path: 'members', value: changed }] })
  })
  const whole = await eachMs(quick ? 3 : 10, () => client.call('GET', `Groups/${large}`))
  const lean = await eachMs(rounds, () => client.call('GET', `Groups/${large}?excludedAttributes=members`))
  return [
    row(
      `PATCH of one member into a group of ${size}, beside one of 50`,
      `${ratio(intoLarge, intoSmall)} (${told(intoLarge)} and ${told(intoSmall)})`,
      '<= 1.5x',
    ),
    row(
      'PATCH of 1,000 members, beside one insert of 1,000 rows',
      `${ratio(inOne - creating, bare)} (${told(inOne - creating)} and ${told(bare)})`,
      '<= 3x',
    ),
    row(`replace of ${size} members with one exchanged`, `${written} member rows written`, 'one in, one out'),
    row(
      `GET of a group of ${size} without and with members`,
      `${told(lean)} and ${told(whole)}`,
      'reads no member row',
    ),
  ]
}

const add = (members: readonly string[]) => ({
  Operations: [{ op: 'add', path: 'members', value: members.map((value) => ({ value })) }],
})

/** Rows of `push_member` that were inserted or deleted meanwhile, as the store itself counts them. */
async function rowsWritten(run: Run, work: () => Promise<void>): Promise<number> {
  await run(sql`create table if not exists bench_counted (n int not null)`)
  await run(sql`truncate bench_counted`)
  await run(
    sql`create or replace function bench_count() returns trigger language plpgsql as $$ begin insert into bench_counted values (1); return null; end $$`,
  )
  await run(
    sql`create or replace trigger bench_count after insert or update or delete on push_member for each row execute function bench_count()`,
  )
  await work()
  const { rows } = await run(sql`select count(*)::int as n from bench_counted`)
  await run(sql`drop trigger bench_count on push_member`)
  return (rows[0] as { n: number }).n
}

/** Counts the syncs of the log where the store tells them: a session tells its own once a second, with its next write. */
async function fsyncsOf(store: string, run: Run, write: () => Promise<unknown>): Promise<() => Promise<number>> {
  if (store === 'embedded') return async () => 0
  return async () => {
    await pause(2_500)
    await write()
    await run(sql`select pg_stat_clear_snapshot()`)
    const { rows } = await run(sql`select wal_sync::int as n from pg_stat_wal`)
    return (rows[0] as { n: number }).n
  }
}

const told = (ms: number) => `${ms < 10 ? ms.toFixed(2) : Math.round(ms)} ms`

export default bench
