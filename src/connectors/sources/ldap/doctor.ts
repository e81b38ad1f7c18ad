import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { asProvisioningError, type ProvisioningError } from '../../../domain/errors.ts'
import { firstValue, type Instant, type SourceUser } from '../../../domain/identity.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import { counted } from '../../kit/counted.ts'
import { generalizedTime } from './directory-time.ts'
import { everything } from './filter.ts'
import { type GroupsRead, readGroups } from './groups.ts'
import { PeopleIndex, readPeople } from './people.ts'
import { presets } from './presets.ts'
import type { Connected, Session } from './session.ts'
import { connectError, endpointName, searchError } from './vendor-errors.ts'
import type { Endpoint, LdapConnection } from './wire/connection.ts'

const dayMs = 86_400_000
const warnDays = 30
/** Beyond this, times of the directory and ours cannot be compared (D13). */
const mostSkewMs = 60_000

/** Tries the way to the directory step by step and reads it once. Changes nothing; throws only `cancelled`. */
export async function* examine(session: Session, signal: AbortSignal): AsyncGenerator<CheckStep> {
  yield* settings(session)
  const hosts: HostReport[] = []
  try {
    for (const endpoint of await session.endpoints()) {
      const report = await examineHost(session, endpoint, signal)
      hosts.push(report)
      // A refused password is refused everywhere, and each attempt brings the account nearer to being locked.
      if (report.isRefused) break
    }
  } catch (thrown) {
    yield failed('settings', thrown)
    return
  }
  const usable = hosts.some(({ isUsable }) => isUsable)
  for (const { steps } of hosts) {
    for (const step of steps) yield usable && step.status === 'failed' ? { ...step, status: 'warning' } : step
  }
  if (!usable) return
  try {
    yield* directory(session, await session.connected(signal), signal)
  } catch (thrown) {
    yield failed('server', thrown)
  } finally {
    await session.close()
  }
}

function* settings({ config, context }: Session): Generator<CheckStep> {
  if (config.passwordExpires !== undefined) yield expiry(config.passwordExpires, context.now())
  if (config.security === 'none' && config.hosts.some((host) => !isOwnMachine(host))) {
    yield {
      name: 'encryption',
      status: 'warning',
      message: 'The password and everything that is read travel unencrypted.',
      remedy: 'Choose security: ldaps or starttls.',
    }
  }
  if (config.port === 3268 || config.port === 3269) {
    yield {
      name: 'port',
      status: 'warning',
      message: `Port ${config.port} is the Global Catalog: it lacks many attributes and the members of groups of other domains.`,
      remedy: 'Use port 389 or 636 of a domain controller, one source for each domain.',
    }
  }
}

function isOwnMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function expiry(date: string, now: Instant): CheckStep {
  const name = 'password-expiry'
  const days = Math.floor((Date.parse(`${date}T00:00:00Z`) - now) / dayMs)
  const remedy = 'Give the reading account a new password and enter it with its new date.'
  if (days < 0)
    return { name, status: 'failed', code: 'auth-failed', message: `The password expired on ${date}.`, remedy }
  if (days > warnDays) return ok(name, `The password is valid until ${date}.`)
  return { name, status: 'warning', message: `The password expires on ${date}, in ${counted(days, 'day')}.`, remedy }
}

// --- one host: name, connection, certificate, sign-in -----------------------------------------------------------------

interface HostReport {
  readonly steps: readonly CheckStep[]
  readonly isUsable: boolean
  /** The credential itself was refused. */
  readonly isRefused: boolean
}

async function examineHost(session: Session, endpoint: Endpoint, signal: AbortSignal): Promise<HostReport> {
  const steps: CheckStep[] = []
  const report = (isUsable: boolean, isRefused = false): HostReport => ({ steps, isUsable, isRefused })
  const { host } = endpoint
  if (isIP(host) === 0) {
    try {
      const addresses = await lookup(host, { all: true })
      steps.push(ok('name-lookup', `${host} is ${addresses.map(({ address }) => address).join(', ')}.`))
    } catch (thrown) {
      steps.push(failed('name-lookup', connectError(thrown, endpoint, session.context.now())))
      return report(false)
    }
  }
  let connection: LdapConnection
  try {
    connection = await session.connect({ ...endpoint, security: 'none' }, signal)
    await connection.close()
    steps.push(ok('connection', `${endpointName(endpoint)} answers.`))
  } catch (thrown) {
    steps.push(failed('connection', thrown))
    return report(false)
  }
  try {
    connection = await session.connect(endpoint, signal)
    steps.push(...tlsSteps(connection, session.context.now()))
    await connection.close()
  } catch (thrown) {
    steps.push(failed('tls', thrown))
    return report(false)
  }
  try {
    connection = await session.signIn(endpoint, signal)
    await connection.close()
    steps.push(ok('sign-in', `Signed in at ${endpointName(endpoint)} as ${session.config.bindDn}.`))
    return report(true)
  } catch (thrown) {
    steps.push(failed('sign-in', thrown))
    return report(false, asProvisioningError(thrown).code === 'auth-failed')
  }
}

function tlsSteps({ certificate, endpoint }: LdapConnection, now: Instant): readonly CheckStep[] {
  if (certificate === undefined) return []
  const { subject, issuer, until, names } = certificate
  const days = Math.floor((until - now) / dayMs)
  const date = new Date(until).toISOString().slice(0, 10)
  const way = endpoint.security === 'starttls' ? 'StartTLS' : 'TLS'
  const message = `${way} with ${endpointName(endpoint)}: the certificate "${subject}" for ${names.join(', ')}, issued by "${issuer}", is valid until ${date}.`
  if (days > warnDays) return [ok('tls', message)]
  return [
    {
      name: 'tls',
      status: 'warning',
      message: `${message} That is in ${counted(days, 'day')}.`,
      remedy: 'Let the directory be given a new certificate before that day; afterwards nothing can be read.',
    },
  ]
}

// --- the directory behind it ------------------------------------------------------------------------------------------

async function* directory(session: Session, connected: Connected, signal: AbortSignal): AsyncGenerator<CheckStep> {
  yield serverStep(session, connected)
  yield clockStep(connected, session.context.now())
  const missing = await missingBases(connected, signal)
  yield* missing
  if (missing.length > 0) return
  yield ok(
    'base',
    `Found: ${[...new Set([...connected.layout.userBases, ...connected.layout.groupBases])].join('; ')}.`,
  )
  const people = new PeopleIndex()
  const read = await attempt(() => countPeople(session, people, signal))
  if ('error' in read) {
    yield failed(read.error.code === 'forbidden' ? 'rights' : 'read-users', read.error)
    return
  }
  yield* peopleSteps(session, connected, read.value)
  if (!session.config.groups) {
    yield { name: 'read-groups', status: 'skipped', message: 'Groups are not read (groups: false).' }
    return
  }
  yield* groupSteps(session, people, signal)
}

function serverStep({ config }: Session, { root, layout }: Connected): CheckStep {
  const { detected, product } = root
  const called = product === '' ? '' : ` (it calls itself ${product})`
  const used = presets[layout.presetName].title
  if (detected === undefined) {
    const message = `The server does not say what it is${called}; it is read as ${used}.`
    if (config.preset !== 'auto') return ok('server', message)
    return {
      name: 'server',
      status: 'warning',
      message,
      remedy: 'Set preset, so that ids and inactive people are known.',
    }
  }
  if (detected === layout.presetName) return ok('server', `The server is ${used}${called}.`)
  return {
    name: 'server',
    status: 'warning',
    message: `The server is ${presets[detected].title}${called}, but the settings say preset: ${layout.presetName}.`,
    remedy: `Set preset: ${detected}. Another id would make everybody a new person: look at the plan before you apply it.`,
  }
}

function clockStep({ root }: Connected, now: Instant): CheckStep {
  const told = root.currentTime === undefined ? undefined : generalizedTime(root.currentTime)
  if (told === undefined) return { name: 'clock', status: 'skipped', message: 'The server does not tell its time.' }
  const skewMs = told - now
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  if (Math.abs(skewMs) <= mostSkewMs) return ok('clock', `The clocks agree (${counted(seconds, 'second')} apart).`)
  return {
    name: 'clock',
    status: 'warning',
    message: `The clock of the server is ${counted(seconds, 'second')} ${skewMs > 0 ? 'ahead of' : 'behind'} ours.`,
    remedy: 'Set both clocks by a time server.',
  }
}

async function missingBases({ connection, layout }: Connected, signal: AbortSignal): Promise<readonly CheckStep[]> {
  const missing: CheckStep[] = []
  for (const base of new Set([...layout.userBases, ...layout.groupBases])) {
    try {
      await connection.search({ base, scope: 'entry', filter: everything, attributes: ['1.1'] }, signal)
    } catch (thrown) {
      missing.push(failed('base', searchError(thrown, connection.endpoint, 'the base', base)))
    }
  }
  return missing
}

interface PeopleRead {
  people: number
  inactive: number
  readonly filled: Map<string, number>
}

async function countPeople(session: Session, index: PeopleIndex, signal: AbortSignal): Promise<PeopleRead> {
  const read: PeopleRead = { people: 0, inactive: 0, filled: new Map() }
  const note = (user: SourceUser, names: readonly string[]) => {
    for (const name of names) {
      if (firstValue(user.attributes[name]) !== undefined) read.filled.set(name, (read.filled.get(name) ?? 0) + 1)
    }
  }
  const names = [...(session.layout?.logins ?? []), ...(session.layout?.emails ?? [])]
  for await (const users of readPeople(session, index, signal)) {
    read.people += users.length
    for (const user of users) {
      if (!user.active) read.inactive += 1
      note(user, names)
    }
  }
  return read
}

function* peopleSteps(session: Session, { layout, root }: Connected, read: PeopleRead): Generator<CheckStep> {
  const pages = session.pagesOf('people')
  const paging =
    root.knowsPages === false ? 'all at once, because the server gives no pages' : `in ${counted(pages, 'page')}`
  yield ok('read-users', `${counted(read.people, 'person', 'people')}, ${read.inactive} inactive, read ${paging}.`)
  const seen = [layout.id, ...layout.everybodyHas]
  yield ok('rights', `${seen.join(' and ')} of everybody can be seen.`)
  const fill = (name: string) => `${name} ${read.filled.get(name) ?? 0}`
  const of = `Filled, of ${read.people}: ${[...layout.logins, ...layout.emails].map(fill).join(', ')}.`
  const mails = layout.emails.reduce((most, name) => Math.max(most, read.filled.get(name) ?? 0), 0)
  if (mails * 2 >= read.people) yield ok('attributes', of)
  else {
    yield {
      name: 'attributes',
      status: 'warning',
      message: `${of} Most people have no e-mail address, without which nobody gets an account.`,
      remedy: 'Check emailAttribute, and whether the reading account may see it.',
    }
  }
}

async function* groupSteps(session: Session, people: PeopleIndex, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const left: GroupsRead = { incomplete: new Map() }
  const counts = { groups: 0, members: 0, nested: 0, unknown: 0 }
  const read = await attempt(async () => {
    for await (const groups of readGroups(session, people, left, signal)) {
      counts.groups += groups.length
      for (const { members = [] } of groups) {
        for (const member of members) {
          if (member.kind === 'group') counts.nested += 1
          else if (people.keys.has(member.key)) counts.members += 1
          else counts.unknown += 1
        }
      }
    }
  })
  if ('error' in read) {
    yield failed('read-groups', read.error)
    return
  }
  const { groups, members, nested, unknown } = counts
  yield ok(
    'read-groups',
    `${counted(groups, 'group')} with ${counted(members, 'direct membership')} of people and ${nested} of groups.`,
  )
  if (unknown > 0) {
    yield {
      name: 'members',
      status: 'warning',
      message: `${counted(unknown, 'member')} of groups ${unknown === 1 ? 'is' : 'are'} nobody that was read: contacts, computers, or people outside base DN and filter.`,
      remedy: 'Nothing, if that is meant; else widen base DN or filter of people.',
    }
  }
  if (left.incomplete.size === 0) return
  const [first] = left.incomplete.values()
  yield {
    name: 'members',
    status: 'warning',
    message: `The members of ${counted(left.incomplete.size, 'group')} are not proven; nobody is taken out because of them. ${first?.message ?? ''}`,
    ...(first?.hint === undefined ? {} : { remedy: first.hint }),
  }
}

// --- steps ------------------------------------------------------------------------------------------------------------

function ok(name: string, message: string): CheckStep {
  return { name, status: 'ok', message }
}

function failed(name: string, thrown: unknown): CheckStep {
  const { code, message, hint } = findingOf(thrown)
  return { name, status: 'failed', code, message, ...(hint === undefined ? {} : { remedy: hint }) }
}

/** A finding is a line of the report; a stop or a fault of ours ends it. */
function findingOf(thrown: unknown): ProvisioningError {
  const error = asProvisioningError(thrown)
  if (error.code === 'cancelled' || error.code === 'bug') throw error
  return error
}

async function attempt<Value>(
  work: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly error: ProvisioningError }> {
  try {
    return { value: await work() }
  } catch (thrown) {
    return { error: findingOf(thrown) }
  }
}
