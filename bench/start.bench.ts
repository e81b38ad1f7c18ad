import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startMuster } from '../test/support/muster.ts'
import type { Bench } from './row.ts'

const rounds = 5

/** From the start of the process until `/readyz` says ready: on an empty data directory, and on one that was in use. */
const bench: Bench = {
  name: 'start',
  async run({ quick, say }) {
    const first: number[] = []
    const warm: number[] = []
    for (let round = 0; round < (quick ? 1 : rounds); round += 1) {
      const folder = mkdtempSync(join(tmpdir(), 'muster-start-'))
      try {
        first.push(await timeToReady(folder))
        warm.push(await timeToReady(folder))
        say(`first ${Math.round(first.at(-1)!)} ms, again ${Math.round(warm.at(-1)!)} ms`)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }
    const told = (times: readonly number[]) =>
      `${Math.round(median(times))} ms (${Math.round(Math.min(...times))} to ${Math.round(Math.max(...times))})`
    return [
      { work: 'start to ready, empty data directory', measured: told(first), goal: '<= 4 s' },
      { work: 'start to ready, again', measured: told(warm), goal: '<= 1.5 s' },
    ]
  },
}

async function timeToReady(folder: string): Promise<number> {
  const config = join(folder, 'muster.yaml')
  writeFileSync(config, 'sources: {}\ntargets: {}\nconnections: {}\n')
  const started = performance.now()
  const args = ['serve', '--port', '0', '--config', config, '--data-dir', join(folder, 'data'), '--json']
  const { child, finished } = startMuster(args, { cwd: folder })
  let output = ''
  child.stdout?.on('data', (chunk: string) => {
    output += chunk
  })
  try {
    let url: string | undefined
    while (performance.now() - started < 30_000 && child.exitCode === null) {
      url ??= /http:\/\/[0-9.]+:\d+/.exec(output)?.[0]
      if (url !== undefined && (await isReady(`${url}/readyz`))) return performance.now() - started
      await pause(2)
    }
  } finally {
    child.kill('SIGTERM')
    await finished
  }
  const { stderr } = await finished
  throw new Error(`muster serve did not become ready: ${stderr}`)
}

function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode === 200))
    })
    request.once('error', () => resolve(false))
  })
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

export default bench
