import { describe, expect, it } from 'vitest'
import type { RunView } from '../contract/runs.ts'
import { Output } from './output.ts'
import { Progress } from './progress.ts'

function watched({ isTty = false, quiet = false, columns = 100 } = {}) {
  let written = ''
  let now = 0
  const text = {
    write(part: string) {
      written += part
    },
    isTty,
    columns,
  }
  const output = new Output({ stdout: text, stderr: text, json: false, quiet, colour: false })
  const progress = new Progress(output, () => now)
  return {
    see(
      atMs: number,
      state: RunView['state'],
      phase: NonNullable<RunView['progress']>['phase'],
      done: number,
      total?: number,
    ) {
      now = atMs
      progress.update({ number: 7, state, progress: { phase, done, ...(total === undefined ? {} : { total }) } })
    },
    clear: () => progress.clear(),
    get written() {
      return written
    },
  }
}

describe('progress', () => {
  it('is a plain line per phase and every few seconds where there is no terminal', () => {
    const watch = watched()
    watch.see(0, 'planning', 'read-source', 0)
    watch.see(1000, 'planning', 'read-source', 400)
    watch.see(1500, 'planning', 'read-target', 80)
    watch.see(7000, 'planning', 'read-source', 20_400)
    watch.see(8000, 'applying', 'apply', 0, 2000)
    watch.see(13_000, 'applying', 'apply', 1000, 2000)
    expect(watch.written.split('\n')).toEqual([
      'run 7: reading the source',
      'run 7: reading the target  80 records',
      'run 7: reading the source  20,400 records  2,914/s',
      'run 7: applying  0 of 2,000 (0 %)',
      'run 7: applying  1,000 of 2,000 (50 %)  200/s',
      '',
    ])
  })

  it('is one bar that is painted over, cut to the terminal and taken away at the end', () => {
    const watch = watched({ isTty: true, columns: 60 })
    watch.see(0, 'applying', 'apply', 500, 2000)
    watch.see(2000, 'applying', 'apply', 1500, 2000)
    watch.clear()
    const [, first, second, last] = watch.written.split('\r\u001b[2K')
    expect(first).toBe('run 7  [######..................]  applying  500 of 2,000 (')
    expect(second).toContain('[##################......]')
    expect(last).toBe('')
    expect(watch.written).not.toContain('\n')
  })

  it('is silent when asked, and about a phase that is over', () => {
    const quiet = watched({ quiet: true })
    quiet.see(0, 'planning', 'plan', 0)
    expect(quiet.written).toBe('')
    const resting = watched()
    resting.see(0, 'waiting', 'plan', 0)
    resting.see(1, 'applying', 'plan', 0)
    expect(resting.written).toBe('')
  })
})
