import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { StoreProcessSays } from '../../../test/support/store-process.ts'
import { repositoryRoot, temporaryFolder } from '../../../test/support/temporary.ts'
import { openStore } from '../store.ts'

const program = join(repositoryRoot, 'test/support/store-process.ts')

/** One process at work on a store. */
class Peer {
  readonly child: ChildProcess
  readonly #said: StoreProcessSays[] = []

  constructor(dataDir: string, stayMs = 200) {
    this.child = fork(program, [dataDir, String(stayMs)], {
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.child.on('message', (message: StoreProcessSays) => this.#said.push(message))
    onTestFinished(() => void this.child.kill('SIGKILL'))
  }

  get acknowledged(): string[] {
    return this.#said.flatMap((each) => ('written' in each ? [`pid:${this.child.pid}/${each.written}`] : []))
  }

  get refusals(): string[] {
    return this.#said.flatMap((each) => ('refused' in each ? [each.refused] : []))
  }

  get stayedFor(): number[] {
    return this.#said.flatMap((each) => ('staying' in each ? [each.staying] : []))
  }

  async role(): Promise<string | undefined> {
    const before = this.#roles().length
    await this.until(() => this.#roles().length > 0 || before > 0)
    const asked = this.#roles().length
    this.child.send('role')
    await this.until(() => this.#roles().length > asked)
    return this.#roles().at(-1)
  }

  async opened(): Promise<string | undefined> {
    await this.until(() => this.#roles().length > 0)
    return this.#roles()[0]
  }

  async writes(more: number): Promise<void> {
    const goal = this.acknowledged.length + more
    await this.until(() => this.acknowledged.length >= goal)
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await once(this.child, 'exit')
  }

  async close(): Promise<void> {
    this.child.send('close')
    if (this.child.exitCode === null) await once(this.child, 'exit')
  }

  async until(isSo: () => boolean): Promise<void> {
    const limit = Date.now() + 90_000
    while (!isSo()) {
      if (this.child.exitCode !== null) throw new Error(`The process ended with code ${this.child.exitCode}.`)
      if (Date.now() > limit) throw new Error('The process did not get there within 90 seconds.')
      await pause(10)
    }
  }

  #roles(): (string | undefined)[] {
    return this.#said.flatMap((each) => ('role' in each ? [each.role] : []))
  }
}

/** What the store holds in the end, and that its chain is whole: a lost or doubled write would break it. */
async function written(dataDir: string): Promise<Set<string>> {
  const store = await openStore({ dataDir, stayMs: 0 })
  try {
    expect(await store.audit.verify()).toBeUndefined()
    const all = new Set<string>()
    let cursor: string | undefined
    do {
      const page = await store.audit.list({ limit: 1000, cursor })
      for (const { actor, subject } of page.items) all.add(`${actor}/${subject}`)
      cursor = page.next
    } while (cursor !== undefined)
    return all
  } finally {
    await store.close()
  }
}

function hosts(roles: readonly (string | undefined)[]): number {
  return roles.filter((role) => role === 'host').length
}

describe('several processes on one data directory', () => {
  it('has one host among four that start at once on a new directory', async () => {
    const dataDir = temporaryFolder()
    const peers = Array.from({ length: 4 }, () => new Peer(dataDir))
    expect(hosts(await Promise.all(peers.map((peer) => peer.opened())))).toBe(1)
    await Promise.all(peers.map((peer) => peer.writes(3)))
    await Promise.all(peers.map((peer) => peer.kill()))
    const kept = await written(dataDir)
    for (const peer of peers) for (const each of peer.acknowledged) expect(kept).toContain(each)
  })

  it('gives a stale lock to exactly one of the processes that race for it', async () => {
    const dataDir = temporaryFolder()
    for (let round = 0; round < 2; round += 1) {
      const dead = new Peer(dataDir)
      expect(await dead.opened()).toBe('host')
      await dead.kill()
      const racers = [new Peer(dataDir), new Peer(dataDir), new Peer(dataDir)]
      expect(hosts(await Promise.all(racers.map((peer) => peer.opened())))).toBe(1)
      await Promise.all(racers.map((peer) => peer.kill()))
    }
  })

  it('goes on in another process when the host is killed, and loses nothing that was acknowledged', async () => {
    const dataDir = temporaryFolder()
    const first = new Peer(dataDir)
    await first.opened()
    let living = [first, new Peer(dataDir), new Peer(dataDir), new Peer(dataDir)]
    const all = [...living]
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(living.map((peer) => peer.writes(3)))
      const roles = await Promise.all(living.map((peer) => peer.role()))
      expect(hosts(roles)).toBe(1)
      const host = living[roles.indexOf('host')]
      await host?.kill()
      living = living.filter((peer) => peer !== host)
      await Promise.all(living.map((peer) => peer.writes(3)))
    }
    expect(await living[0]?.role()).toBe('host')
    await living[0]?.close()
    const kept = await written(dataDir)
    for (const peer of all) for (const each of peer.acknowledged) expect(kept).toContain(each)
    for (const refusal of all.flatMap((peer) => peer.refusals)) expect(refusal).toBe('store-unavailable')
  })

  it('stays until the others have gone, says so, and hands over when they do not go', async () => {
    const dataDir = temporaryFolder()
    const host = new Peer(dataDir, 3_000)
    await host.opened()
    const joiner = new Peer(dataDir)
    expect(await joiner.opened()).toBe('joiner')
    await joiner.writes(2)
    await host.close()
    expect(host.stayedFor).toHaveLength(1)
    await joiner.writes(5)
    expect(await joiner.role()).toBe('host')
    await joiner.close()
  })
})
