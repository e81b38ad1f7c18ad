import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { fail } from '../domain/errors.ts'
import type { SourceUser } from '../domain/identity.ts'
import type { Source } from '../ports/source.ts'
import type { OpenConnection } from './setup.ts'
import { createSharedReads } from './shared-reads.ts'

const ann: SourceUser = { key: 'ann', active: true, attributes: {} }
const idle = () => undefined

/** A source whose list of people waits for a word; tells how often it was read, asked again and closed. */
function office(fingerprint = 'everybody') {
  const seen = { reads: 0, closed: 0, opened: 0, overlooked: 0, stopped: 0 }
  let gate = Promise.withResolvers<void>()
  const open = (): Source => {
    seen.opened += 1
    return {
      membershipsComeWith: 'groups',
      readFingerprint: fingerprint,
      defaultMapping: {},
      async *check() {},
      async *users(signal) {
        seen.reads += 1
        const stopped = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => {
            seen.stopped += 1
            reject(signal.reason)
          })
        })
        await Promise.race([gate.promise, stopped])
        yield { items: [ann] }
      },
      async *groups() {},
      async *members() {},
      notices: () => ['one record was set aside'],
      async overlooked() {
        seen.overlooked += 1
        return []
      },
      close: async () => {
        seen.closed += 1
      },
    }
  }
  return {
    seen,
    open,
    answer: () => gate.resolve(),
    refuse: (error: Error) => gate.reject(error),
    wait: () => {
      gate = Promise.withResolvers<void>()
    },
  }
}

function scene() {
  let now = 1_000_000
  const clock = { now: () => now, sleep: async () => undefined }
  const reads = createSharedReads(clock)
  const source = office()
  const connect = (key: string, version = 1, from = source, sharedReadAge = 60_000) =>
    reads.of({
      connection: { key, sharedReadAge },
      settings: { connection: 1, source: { key: 'hr', version }, target: { key: 'acme', version: 1 } },
      connectors: { source: { type: 'office', version: 1 }, target: { type: 'directory', version: 1 } },
      openSource: from.open,
    } as unknown as OpenConnection)
  const forever = new AbortController().signal
  return { source, connect, forever, later: (ms: number) => (now += ms) }
}

describe('several connections on one source', () => {
  it('read it once, each hears how far it is, and each plan says with whom', async () => {
    const { source, connect, forever } = scene()
    const told: string[] = []
    const [jira, wiki] = [connect('jira'), connect('wiki')]
    const both = [
      jira.collect(forever, (count) => void told.push(`jira ${count}`)),
      wiki.collect(forever, (count) => void told.push(`wiki ${count}`)),
    ]
    source.answer()
    const [mine, other] = await Promise.all(both)
    expect(source.seen.reads).toBe(1)
    expect(told).toEqual(['jira 1', 'wiki 1'])
    expect(mine?.snapshot.users).toBe(other?.snapshot.users)
    expect(mine?.snapshot.id).not.toBe(other?.snapshot.id)
    expect(jira.shared).toEqual({ since: 1_000_000, with: ['wiki'] })
    expect(wiki.shared?.with).toEqual(['jira'])
    expect(other?.snapshot.notices).toEqual([
      'one record was set aside',
      'Read shared with "jira": the source was read once, from 1970-01-01T00:16:40.000Z on.',
    ])
  })

  it('ask whoever read it for those it left out, and close it when nobody asks any more', async () => {
    const { source, connect, forever } = scene()
    const [jira, wiki] = [connect('jira'), connect('wiki')]
    const both = [jira.collect(forever, idle), wiki.collect(forever, idle)]
    source.answer()
    const [mine, other] = await Promise.all(both)
    expect(other?.source).toBe(mine?.source)
    await jira.close()
    expect(source.seen.closed, 'the one of wiki reads nothing, the shared one is still asked').toBe(0)
    await other?.source.overlooked?.('user', ['bob'], forever)
    await wiki.close()
    expect(source.seen).toMatchObject({ opened: 2, closed: 2, overlooked: 1 })
  })

  it('what was read is not kept by a run that goes on with its writes', async () => {
    const { source, connect, forever } = scene()
    const jira = connect('jira')
    const read = async () => {
      source.answer()
      return new WeakRef((await jira.collect(forever, idle)).snapshot)
    }
    const snapshot = await read()
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    for (let turn = 0; turn < 20 && snapshot.deref() !== undefined; turn += 1) {
      await new Promise(setImmediate)
      collectGarbage()
    }
    expect(snapshot.deref()).toBeUndefined()
    await jira.close()
    expect(source.seen.closed).toBe(1)
  })

  it('all hear the same when it fails, and the next one reads anew', async () => {
    const { source, connect, forever } = scene()
    const runs = [connect('jira'), connect('wiki'), connect('code')]
    const all = Promise.allSettled(runs.map((run) => run.collect(forever, idle)))
    const refusal = fail.unreachable('The directory server does not answer.')
    source.refuse(refusal)
    for (const each of await all) expect(each).toMatchObject({ status: 'rejected', reason: refusal })
    expect(runs.map(({ shared }) => shared)).toEqual([undefined, undefined, undefined])
    source.wait()
    const again = connect('jira').collect(forever, idle)
    source.answer()
    expect((await again).snapshot.usersComplete).toBe(true)
    expect(source.seen.reads).toBe(2)
  })

  it('one that is cancelled, also the first, leaves the read to the others', async () => {
    const { source, connect, forever } = scene()
    const cancel = new AbortController()
    const [jira, wiki] = [connect('jira'), connect('wiki')]
    const first = jira.collect(cancel.signal, idle)
    const second = wiki.collect(forever, idle)
    cancel.abort(fail.cancelled('Somebody cancelled this run.'))
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    await jira.close()
    expect(source.seen).toMatchObject({ stopped: 0, closed: 0 })
    source.answer()
    expect((await second).snapshot.users).toEqual([ann])
    await wiki.close()
    expect(source.seen).toMatchObject({ reads: 1, closed: 2 })
  })

  it('a read that everybody left is stopped, and nobody comes to it any more', async () => {
    const { source, connect, forever } = scene()
    const cancel = new AbortController()
    const first = connect('jira').collect(cancel.signal, idle)
    cancel.abort(fail.cancelled('Somebody cancelled this run.'))
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    expect(source.seen.stopped).toBe(1)
    const second = connect('wiki').collect(forever, idle)
    source.answer()
    expect((await second).snapshot.users).toEqual([ann])
    expect(source.seen.reads).toBe(2)
  })
})

describe('a connection reads for itself', () => {
  it('where the settings of the source, or what it leaves out, are others', async () => {
    const { source, connect, forever } = scene()
    const narrow = office('only staff')
    const runs = [connect('jira'), connect('wiki', 2), connect('code', 1, narrow)]
    const all = runs.map((run) => run.collect(forever, idle))
    source.answer()
    narrow.answer()
    await Promise.all(all)
    expect([source.seen.reads, narrow.seen.reads]).toEqual([2, 1])
    expect(runs.map(({ shared }) => shared)).toEqual([undefined, undefined, undefined])
  })

  it('where the read has ended, or began too long ago', async () => {
    const { source, connect, forever, later } = scene()
    const first = connect('jira').collect(forever, idle)
    later(60_001)
    const second = connect('wiki').collect(forever, idle)
    source.answer()
    await Promise.all([first, second])
    await connect('code').collect(forever, idle)
    expect(source.seen.reads).toBe(3)
  })

  it('where it is older than the connection that comes takes it: each has an age of its own, 0 for never', async () => {
    const { source, connect, forever, later } = scene()
    const joining = (age: number) => connect(`age-${age}`, 1, source, age)
    const first = connect('jira').collect(forever, idle)
    later(600_000)
    const patient = joining(3_600_000)
    const all = [first, patient.collect(forever, idle)]
    expect(source.seen.reads).toBe(1)
    const never = joining(0)
    all.push(never.collect(forever, idle))
    source.answer()
    await Promise.all(all)
    expect([source.seen.reads, patient.shared?.with, never.shared]).toEqual([2, ['jira'], undefined])
  })
})
