import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

// Loaded before the program (`--import`): how long the embedded store served one caller alone, in its thread. Each time of 100 ms and more
// is a line of JSON: milliseconds, how many of them it was executing, and the statement that took longest.
const file = process.env.MUSTER_BENCH_STATEMENTS
const worthTelling = 100

export interface Held {
  readonly ms: number
  readonly executing: number
  readonly statement: string
}

/** Only Query and Parse hold a text (PostgreSQL protocol 3.0, chapter 54.7). */
function textOf(bytes: Uint8Array): string {
  const kind = String.fromCharCode(bytes[0] ?? 0)
  if (kind !== 'Q' && kind !== 'P') return ''
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1000))
  const at = kind === 'Q' ? 5 : start.indexOf(0, 5) + 1
  const end = start.indexOf(0, at)
  return start.toString('utf8', at, end < 0 ? undefined : end)
}

function watch(into: string): void {
  let began = 0
  let executing = 0
  let longest = { text: '', ms: -1 }
  const note = (at: number, text: string, isOpen: boolean) => {
    const ms = performance.now() - at
    if (executing === 0) began = at
    executing += ms
    if (ms > longest.ms) longest = { text, ms }
    if (isOpen) return
    const held = performance.now() - began
    if (held >= worthTelling) {
      const statement = longest.text.replaceAll(/\s+/g, ' ').trim().slice(0, 80)
      const told: Held = { ms: Math.round(held), executing: Math.round(executing), statement }
      appendFileSync(into, `${JSON.stringify(told)}\n`)
    }
    executing = 0
    longest = { text: '', ms: -1 }
  }
  const { execProtocolRawStream, exec } = PGlite.prototype
  PGlite.prototype.execProtocolRawStream = async function (message, options) {
    const at = performance.now()
    await execProtocolRawStream.call(this, message, options)
    note(at, textOf(message), this.isInTransaction())
  }
  PGlite.prototype.exec = async function (text, options) {
    const at = performance.now()
    const result = await exec.call(this, text, options)
    note(at, text, false)
    return result
  }
}

if (!isMainThread && file !== undefined) watch(file)
