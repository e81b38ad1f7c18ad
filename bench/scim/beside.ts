import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ScimClient } from './client.ts'
import { eachMs } from './measure.ts'
import { scimmyToken } from './scimmy-process.ts'

/** What scimmy-routers takes for the same requests in the same run, all in memory; milliseconds. */
export interface Beside {
  readonly create: number
  readonly byId: number
  readonly byName: number
  readonly byIdAmongMany: number
  readonly byNameAmongMany: number
  /** One member into a group of 50, and of `largeGroup`. */
  readonly patchSmall: number
  readonly patchLarge: number
  readonly largeGroup: number
}

export async function measureBeside(quick: boolean, person: () => object): Promise<Beside> {
  const [few, many, largeGroup] = quick ? [300, 600, 200] : [1_000, 100_000, 5_000]
  const rounds = quick ? 30 : 400
  const small = await withScimmy(few, async (client) => ({
    create: await eachMs(rounds, () => client.create('Users', person())),
    ...(await readsOf(client, rounds)),
    patchSmall: await patched(client, 50, quick ? 5 : 30),
    patchLarge: await patched(client, largeGroup, quick ? 2 : 5),
  }))
  const large = await withScimmy(many, (client) => readsOf(client, rounds))
  return { ...small, byIdAmongMany: large.byId, byNameAmongMany: large.byName, largeGroup }
}

async function readsOf(client: ScimClient, rounds: number) {
  const filter = encodeURIComponent('userName eq "seed7@corp.example"')
  return {
    byId: await eachMs(rounds, () => client.call('GET', 'Users/seed-7')),
    byName: await eachMs(rounds, () => client.call('GET', `Users?filter=${filter}`)),
  }
}

/** It does not look whether members exist, so any ids do. */
async function patched(client: ScimClient, size: number, rounds: number): Promise<number> {
  const members = Array.from({ length: size }, (_, at) => ({ value: `seed-${at}` }))
  const id = await client.create('Groups', { displayName: `group of ${size}`, members })
  return await eachMs(rounds, (round) =>
    client.call('PATCH', `Groups/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'add', path: 'members', value: [{ value: `more-${round}` }] }],
    }),
  )
}

async function withScimmy<Result>(people: number, work: (client: ScimClient) => Promise<Result>): Promise<Result> {
  const script = join(import.meta.dirname, 'scimmy-process.ts')
  const child = spawn(process.execPath, [script, String(people)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const client = new ScimClient(line.toString().trim(), scimmyToken)
  try {
    return await work(client)
  } finally {
    client.close()
    const ended = once(child, 'exit')
    child.stdin.end()
    await ended
  }
}
