import { readFileSync, writeFileSync } from 'node:fs'
import type { Client } from '../src/contract/client.ts'
import type { RunView } from '../src/contract/runs.ts'
import { megabytes } from './row.ts'

/** The address that a started `muster serve` prints. */
export function addressOf(output: NodeJS.ReadableStream | null): Promise<string> {
  return new Promise((resolve) => {
    let seen = ''
    output?.on('data', (part) => {
      seen += String(part)
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(seen)
      if (found !== null) resolve(found[0])
    })
  })
}

/** Follows a run as the console does until it ends or waits; throws when it failed. */
export async function finished(client: Client, { id }: RunView): Promise<RunView> {
  let last: RunView | undefined
  for await (const run of client.runs.events({ params: { run: id } })) last = run
  if (last === undefined || last.error !== undefined) throw new Error(`The run failed: ${JSON.stringify(last)}`)
  return last
}

/** Resident memory of a process in bytes: the peak since `begin`, and now. */
export function memoryOf(pid = 0) {
  const read = (name: string) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024
  }
  return {
    // 5 = forget the peak; see proc(5).
    begin: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
    peak: () => read('VmHWM'),
    told: () => `peak ${megabytes(read('VmHWM'))}, ${megabytes(read('VmRSS'))} after`,
  }
}
