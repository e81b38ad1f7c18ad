import type { Audience, CheckStep } from '../../../ports/readable.ts'
import { attempt, bad, ok } from '../../kit/check-steps.ts'
import { capabilitiesStep, forecastStep, readableSteps, settingsSteps } from '../../kit/data-center/doctor.ts'
import { abilities, costs } from './capabilities.ts'
import type { Client } from './client.ts'
import type { CrowdConfig } from './config.ts'
import type { Reads } from './reads.ts'

/** Says line by line what works and what to do about the rest. Changes nothing; findings are lines, never thrown. */
export async function* doctor(
  client: Client,
  config: CrowdConfig,
  reads: Reads,
  signal: AbortSignal,
  audience?: Audience,
): AsyncGenerator<CheckStep> {
  const { server } = client
  yield* settingsSteps({ ...config, token: undefined, tokenExpires: undefined }, '', server.clock.now())
  const signedIn = await attempt(() => client.probe(signal))
  if ('error' in signedIn) {
    yield bad('sign-in', signedIn.error)
    return
  }
  yield ok('sign-in', `Signed in to Crowd as the application ${config.application}.`)
  const counts = yield* readableSteps(reads, signal)
  yield ok(
    'rights',
    'What the application may change is set for each of its directories in Crowd (Applications, Directories and groups, Permissions) and shows only with the first change.',
  )
  if (counts !== undefined) yield forecastStep(counts, audience, costs, server.limitTold)
  yield capabilitiesStep(abilities, {})
}
