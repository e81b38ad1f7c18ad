import type { RunView } from '../contract/runs.ts'
import type { Output } from './output.ts'
import { grouped } from './render/text.ts'

type Phase = NonNullable<RunView['progress']>['phase']

const phaseNames: Readonly<Record<Phase, string>> = {
  'read-source': 'reading the source',
  'read-target': 'reading the target',
  plan: 'planning',
  apply: 'applying',
  verify: 'verifying',
}

const phasesOf: Readonly<Partial<Record<RunView['state'], readonly Phase[]>>> = {
  planning: ['read-source', 'read-target', 'plan'],
  applying: ['apply', 'verify'],
}

/** Without a terminal a line is written at most so often, beside the first one of each phase. */
const lineEveryMs = 5_000
const barWidth = 24
const eraseLine = '\r\u001b[2K'

/** Shows how far a run is: a bar that is painted over on a terminal, a plain line now and then elsewhere. */
export class Progress {
  readonly #output: Output
  readonly #now: () => number
  readonly #begun = new Map<Phase, { readonly at: number; readonly done: number }>()
  #lastLineAt = Number.NEGATIVE_INFINITY
  #painted = false

  constructor(output: Output, now: () => number) {
    this.#output = output
    this.#now = now
  }

  update({ number, state, progress }: Pick<RunView, 'number' | 'state' | 'progress'>): void {
    if (progress === undefined || this.#output.quiet) return
    const { phase, done, total } = progress
    // The row of a run keeps the progress of its last phase; while it rests or has just begun to apply, that one is over.
    if (!phasesOf[state]?.includes(phase)) return
    const now = this.#now()
    const known = this.#begun.get(phase)
    if (known === undefined || done < known.done) this.#begun.set(phase, { at: now, done })
    const text = [phaseNames[phase], amount(done, total), rate(done, now, known)]
      .filter((part) => part !== '')
      .join('  ')
    const { stderr } = this.#output
    if (stderr.isTty) {
      const line = `run ${number}  ${total === undefined ? '' : `${bar(done, total)}  `}${text}`
      stderr.write(`${eraseLine}${line.slice(0, Math.max(20, stderr.columns - 1))}`)
      this.#painted = true
    } else if (known === undefined || now - this.#lastLineAt >= lineEveryMs) {
      stderr.write(`run ${number}: ${text}\n`)
      this.#lastLineAt = now
    }
  }

  /** Takes the bar away, so that what follows begins on an empty line. */
  clear(): void {
    if (this.#painted) this.#output.stderr.write(eraseLine)
    this.#painted = false
  }
}

function amount(done: number, total: number | undefined): string {
  if (total === undefined) return done === 0 ? '' : `${grouped(done)} records`
  return `${grouped(done)} of ${grouped(total)}${total === 0 ? '' : ` (${Math.floor((done / total) * 100)} %)`}`
}

function rate(done: number, now: number, begun: { readonly at: number; readonly done: number } | undefined): string {
  if (begun === undefined || now - begun.at < 1000 || done <= begun.done) return ''
  return `${grouped((done - begun.done) / ((now - begun.at) / 1000))}/s`
}

function bar(done: number, total: number): string {
  const filled = total === 0 ? barWidth : Math.min(barWidth, Math.floor((done / total) * barWidth))
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]`
}
