import type { Audience, CheckStep } from '../../../ports/readable.ts'
import { attempt, bad, listed, ok, skipped } from '../../kit/check-steps.ts'
import { counted } from '../../kit/counted.ts'
import { capabilitiesStep, forecastStep, readableSteps, settingsSteps } from '../../kit/data-center/doctor.ts'
import { abilities, costs } from './capabilities.ts'
import { get } from './client.ts'
import type { Reads } from './reads.ts'
import { count } from './schemas.ts'
import { credentialOf, type Session, type Sessions } from './session.ts'

/** Says line by line what works and what to do about the rest. Changes nothing; findings are lines, never thrown. */
export async function* doctor(
  sessions: Sessions,
  reads: Reads,
  signal: AbortSignal,
  audience?: Audience,
): AsyncGenerator<CheckStep> {
  const { config, server } = sessions
  yield* settingsSteps(config, credentialOf(config), server.clock.now())
  sessions.forget()
  const opened = await attempt(() => sessions.open(signal))
  if ('error' in opened) {
    yield bad('sign-in', opened.error)
    return
  }
  const session = opened.value
  yield ok('sign-in', `Signed in to Jira ${session.version.text} as ${session.ownName}.`)
  const isAdmin = yield* rights(sessions, signal)
  if (!isAdmin) return
  yield* applications(reads, signal)
  const counts = yield* readableSteps(reads, signal)
  yield await duplicates(sessions, signal)
  if (counts !== undefined) yield forecastStep(counts, audience, costs, server.limitTold)
  yield capabilities(session)
}

async function* rights({ client }: Sessions, signal: AbortSignal): AsyncGenerator<CheckStep, boolean> {
  const asked = await attempt(() => client.may(['ADMINISTER', 'SYSTEM_ADMIN'], signal))
  if ('error' in asked) {
    yield bad('rights', asked.error)
    return false
  }
  if (!asked.value.has('ADMINISTER')) {
    yield {
      name: 'rights',
      status: 'failed',
      code: 'forbidden',
      message: 'The account lacks the global permission "Jira Administrators".',
      remedy: 'Give it that permission in Administration, System, Global permissions, or use another account.',
    }
    return false
  }
  yield ok(
    'rights',
    asked.value.has('SYSTEM_ADMIN')
      ? 'The account is a Jira system administrator. Whether the directories of people are writable shows only with the first change.'
      : 'The account administers Jira; it cannot change system administrators. Whether the directories of people are writable shows only with the first change.',
  )
  return true
}

async function* applications(reads: Reads, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const read = await attempt(() => reads.products(signal))
  if ('error' in read) {
    yield { ...bad('default-groups', read.error), status: 'warning' }
    return
  }
  const rows = read.value.map(({ key, seats, defaultGroupIds }) => {
    const [total, free] =
      typeof seats === 'string' ? [seats, seats] : [String(seats.total), String(seats.total - seats.used)]
    return [key, total, free, listed(defaultGroupIds)] as const
  })
  const said = rows.map(([key, , free, groups]) => `${key}: ${groups || 'no default group'}, ${free} seats left`)
  yield rows.length === 0
    ? ok('default-groups', 'Jira tells of no application.')
    : ok('default-groups', `Default groups by application: ${said.join('; ')}.`, {
        columns: ['application', 'seats', 'free', 'default groups'],
        rows,
      })
}

/** The same user name in two directories: edits reach only the first one. */
async function duplicates({ server }: Sessions, signal: AbortSignal): Promise<CheckStep> {
  const name = 'duplicates'
  const request = get('user.duplicated.count', '/user/duplicated/count')
  const asked = await attempt(() =>
    server.readUnless([403, 404], count, request, 'Counting duplicated accounts', signal),
  )
  if ('error' in asked || asked.value === undefined) {
    return skipped(name, 'This version of Jira does not tell whether a user name is in two directories.')
  }
  const found = typeof asked.value === 'number' ? asked.value : asked.value.count
  if (found === 0) return ok(name, 'No user name is in two directories.')
  return {
    name,
    status: 'warning',
    message: `${counted(found, 'user name is', 'user names are')} in more than one directory: changes reach only the account of the first one.`,
    remedy: 'Look at Administration, User management, Duplicated users, and keep each person in one directory.',
  }
}

function capabilities({ identity }: Session): CheckStep {
  return capabilitiesStep(abilities, identity.notOffered)
}
