import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Profile {
  readonly nodes: readonly { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** The functions a CPU profile spent most time in themselves, as `engine/collect.ts:134 members 512 ms`. */
export function topSelfTimes(folder: string, count: number): string[] {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile')) ?? ''
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile
  const nameOf = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${url.split('/').slice(-2).join('/')}:${lineNumber + 1} ${functionName}`.trim(),
    ]),
  )
  const self = new Map<string, number>()
  samples.forEach((id, at) => {
    const name = nameOf.get(id) ?? '?'
    self.set(name, (self.get(name) ?? 0) + (timeDeltas[at] ?? 0) / 1000)
  })
  return [...self]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, ms]) => `${Math.round(ms).toString().padStart(6)} ms  ${name}`)
}
