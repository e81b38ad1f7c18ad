import type { Audience, CheckStep } from '../../../ports/readable.ts'
import { attempt, bad, listed, ok } from '../../kit/check-steps.ts'
import { capabilitiesStep, forecastStep, readableSteps, settingsSteps } from '../../kit/data-center/doctor.ts'
import { abilities, costs } from './capabilities.ts'
import type { Reads } from './reads.ts'
import type { Sessions } from './session.ts'

/** Says line by line what works and what to do about the rest. Changes nothing; findings are lines, never thrown. */
export async function* doctor(
  sessions: Sessions,
  reads: Reads,
  signal: AbortSignal,
  audience?: Audience,
): AsyncGenerator<CheckStep> {
  const { config, credential, client } = sessions
  yield* settingsSteps(config, credential, client.server.clock.now())
  const opened = await attempt(() => sessions.sign(signal))
  if ('error' in opened) {
    yield bad('sign-in', opened.error)
    return
  }
  yield ok('sign-in', `Signed in to Confluence as ${opened.value.ownName}.`)
  yield await rights(sessions, reads, signal)
  const counts = yield* readableSteps(reads, signal)
  if (counts !== undefined) yield forecastStep(counts, audience, costs, client.server.limitTold)
  yield capabilitiesStep(abilities, opened.value.notOffered)
}

/** Whoever may read the global permissions administers Confluence. */
async function rights({ client }: Sessions, reads: Reads, signal: AbortSignal): Promise<CheckStep> {
  const asked = await attempt(() => client.permissions(signal))
  if ('error' in asked) return { ...bad('rights', asked.error), status: 'warning' }
  if (asked.value === undefined) {
    return {
      name: 'rights',
      status: 'warning',
      message:
        'Confluence does not show the global permissions: the account is no administrator, or this version does not tell them.',
      remedy:
        'Give the account the permission "System Administrator", and name the groups that administer in "Further groups that administer".',
    }
  }
  const [product] = await reads.products(signal)
  const groups = listed(product?.defaultGroupIds ?? [])
  return ok(
    'rights',
    `The account administers Confluence. ${groups === '' ? 'There is no default group that lets people in.' : `People get in by ${groups}.`} Whether the directories of people are writable shows only with the first change.`,
  )
}
