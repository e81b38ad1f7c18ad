import { afterEach } from 'vitest'
import { processesSoFar } from './muster.ts'

/** How much of each output is shown: the end tells most. */
const shownCharacters = 6_000

// A test that fails on another machine must be understood from its output alone.
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return
  for (const { command, code, stdout, stderr } of processesSoFar()) {
    const end = (text: string) => (text.length > shownCharacters ? `… ${text.slice(-shownCharacters)}` : text)
    console.error(`--- muster ${command} (${code}) ---\n${end(stdout)}\n--- its errors and log ---\n${end(stderr)}`)
  }
})
