import { expect, it } from 'vitest'
import { createClient } from '../contract/client.ts'
import type { RunView } from '../contract/runs.ts'
import { followRun } from './follow-run.ts'
import { Output } from './output.ts'

it('whoever can no longer see a run that writes is told how to go on with it', async () => {
  const silent = { write: () => undefined, isTty: false, columns: 100 }
  const output = new Output({ stdout: silent, stderr: silent, json: false, quiet: true, colour: false })
  const error = { code: 'disk-full', message: 'No space is left.', hint: 'Free space.' }
  const fetch = async () => new Response(JSON.stringify({ error }), { status: 503 })
  let now = 0
  // Each look at the clock is half a minute later than the one before: after a minute of silence it is given up.
  const environment = { now: () => (now += 30_000), signal: new AbortController().signal }
  const follow = async (run: Partial<RunView>) =>
    await followRun({
      client: createClient({ fetch, baseUrl: 'http://muster.test' }),
      run: { id: 'r1', number: 7, ...run } as RunView,
      output,
      environment,
      onSignal: 'stop',
    }).catch((thrown: unknown) => thrown)
  expect(await follow({ state: 'applying', planId: 'p1' })).toMatchObject({
    ...error,
    hint: 'Free space. Go on with it: muster apply 7',
  })
  expect(await follow({ state: 'planning' })).toMatchObject(error)
})
