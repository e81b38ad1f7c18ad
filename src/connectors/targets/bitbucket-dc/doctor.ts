import type { Audience, CheckStep } from '../../../ports/readable.ts'
import { attempt, bad, ok } from '../../kit/check-steps.ts'
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
  sessions.forget()
  const opened = await attempt(() => sessions.open(signal))
  if ('error' in opened) {
    yield bad('sign-in', opened.error)
    return
  }
  const { version, own } = opened.value
  yield ok('sign-in', `Signed in to Bitbucket ${version}; the account has the global permission Admin.`)
  if (own.size === 0) {
    yield {
      name: 'own-account',
      status: 'warning',
      message: 'Bitbucket does not tell whose token this is, so that account cannot be told from others.',
      remedy: 'Name it in guards.neverTouch of the connections.',
    }
  }
  yield await directories(sessions, signal)
  yield await seats(reads, signal)
  const counts = yield* readableSteps(reads, signal)
  if (counts !== undefined) yield forecastStep(counts, audience, costs, client.server.limitTold)
  yield capabilitiesStep(abilities, {})
}

async function directories({ client }: Sessions, signal: AbortSignal): Promise<CheckStep> {
  const read = await attempt(() => client.directories(signal))
  if ('error' in read) return { ...bad('directories', read.error), status: 'warning' }
  const rows = read.value.map(({ name, type, active }) => [name ?? '', type ?? '', active === false ? 'no' : 'yes'])
  const names = rows.map(([name, type]) => `${name} (${type})`).join(', ')
  return ok('directories', `Directories of people, in their order: ${names || 'none is told'}.`, {
    columns: ['directory', 'type', 'active'],
    rows,
  })
}

async function seats(reads: Reads, signal: AbortSignal): Promise<CheckStep> {
  const read = await attempt(() => reads.products(signal))
  if ('error' in read) return { ...bad('default-groups', read.error), status: 'warning' }
  const [product] = read.value
  const told = product?.seats ?? 'unknown'
  const words =
    typeof told === 'string'
      ? `the number of seats is ${told}`
      : `${told.total - told.used} of ${told.total} seats are left`
  const [group] = product?.defaultGroupIds ?? []
  return ok(
    'default-groups',
    group === undefined
      ? `No single group lets people into Bitbucket, so rules under access cannot be followed; ${words}.`
      : `People get in by ${group}; ${words}.`,
  )
}
