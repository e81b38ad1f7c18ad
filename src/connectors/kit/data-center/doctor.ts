import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import type { WriteKind } from '../../../domain/change.ts'
import { foldCase } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import type { Audience, CheckStep, Page } from '../../../ports/readable.ts'
import { type Abilities, abilityTable, inWords } from '../abilities.ts'
import { attempt, bad, listed, ok } from '../check-steps.ts'
import { counted } from '../counted.ts'
import { type CallCosts, callsOfImport, inTime, sumOf } from './forecast.ts'
import type { ServerSettings } from './settings.ts'

/** Steps of the doctor that all Data Center products share. */

const dayMs = 86_400_000
const warnDays = 30

/** What can be said without asking anybody. */
export function* settingsSteps(
  { baseUrl, token, tokenExpires }: Pick<ServerSettings, 'baseUrl' | 'token' | 'tokenExpires'>,
  what: string,
  now: number,
): Generator<CheckStep> {
  const { protocol, hostname, host } = new URL(baseUrl)
  if (protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    yield {
      name: 'encryption',
      status: 'warning',
      message: `The credential and everything that is read travel unencrypted to ${host}.`,
      remedy: 'Use an address that begins with https://.',
    }
  }
  if (token === undefined) return
  const name = 'token-expiry'
  const remedy = `Make a new ${what} and enter it with its new date.`
  if (tokenExpires === undefined) {
    yield {
      name,
      status: 'warning',
      message: `It is not known when the ${what} expires.`,
      remedy: 'Enter its expiry date to be warned in time.',
    }
    return
  }
  const days = Math.floor((Date.parse(`${tokenExpires}T00:00:00Z`) - now) / dayMs)
  if (days < 0)
    yield { name, status: 'failed', code: 'auth-failed', message: `The ${what} expired on ${tokenExpires}.`, remedy }
  else if (days <= warnDays) {
    yield {
      name,
      status: 'warning',
      message: `The ${what} expires on ${tokenExpires}, in ${counted(days, 'day')}.`,
      remedy,
    }
  } else yield ok(name, `The ${what} is valid until ${tokenExpires}, ${days} days from now.`)
}

interface Lists {
  users(signal: AbortSignal): AsyncIterable<Page<TargetAccount>>
  groups(signal: AbortSignal): AsyncIterable<Page<TargetGroup>>
}

export interface Counts {
  readonly accounts: number
  readonly groups: number
}

/** Reads both lists to the end, which proves more than one page would; undefined = nothing more can be said. */
export async function* readableSteps(lists: Lists, signal: AbortSignal): AsyncGenerator<CheckStep, Counts | undefined> {
  const people = await attempt(() => drained(lists.users(signal)))
  if ('error' in people) {
    yield bad('read-users', people.error)
    return undefined
  }
  const accounts = people.value
  const inactive = accounts.filter(({ state }) => state !== 'active').length
  const kept = accounts.filter(({ readOnlyBecause, own }) => readOnlyBecause !== undefined && own !== true).length
  const keptWords = kept === 0 ? '' : `, ${kept} of them kept by a directory that is only read here`
  yield ok(
    'read-users',
    `${counted(accounts.length, 'account')} can be read, ${inactive} of them inactive${keptWords}.`,
  )
  const read = await attempt(() => drained(lists.groups(signal)))
  if ('error' in read) {
    yield bad('read-groups', read.error)
    return undefined
  }
  const groups = read.value
  const readOnly = groups.filter(({ readOnlyBecause }) => readOnlyBecause !== undefined).length
  const readOnlyWords = readOnly === 0 ? '' : `, ${readOnly} of them not ours to change`
  yield ok('read-groups', `${counted(groups.length, 'group')} can be read${readOnlyWords}.`)
  const names = new Set(builtInProtectedGroups.map(foldCase))
  const admin = groups.filter(({ name, grantsAdmin }) => grantsAdmin || names.has(foldCase(name)))
  yield ok(
    'protected-groups',
    admin.length === 0
      ? 'No group that administers was found; name those that do in "Further groups that administer".'
      : `Nobody is ever taken out of ${listed(admin.map(({ name }) => name))}.`,
  )
  return { accounts: accounts.length, groups: groups.length }
}

/** How many calls and how long, for the people who are to come, or for a thousand where nobody is known. */
export function forecastStep(
  here: Counts,
  audience: Audience | undefined,
  costs: CallCosts,
  callsPerMinute: number | undefined,
): CheckStep {
  const newcomers = audience ?? { people: 1000, groups: 50, memberships: 5000 }
  const calls = callsOfImport(costs, here, newcomers)
  const total = sumOf(calls)
  const who =
    audience === undefined
      ? `${newcomers.people} people, as an example,`
      : `the ${newcomers.people} people of its connections`
  return ok(
    'forecast',
    `A first import of ${who} with ${newcomers.memberships} memberships in ${newcomers.groups} groups takes up to ${total} calls, ${inTime(total, callsPerMinute)}.`,
    { columns: ['for', 'calls'], rows: Object.entries(calls).map(([part, count]) => [part, String(count)]) },
  )
}

/** What can be done here; `here` = kinds that this server or these settings do not allow, and why. */
export function capabilitiesStep(abilities: Abilities, here: Readonly<Partial<Record<WriteKind, string>>>): CheckStep {
  const table = abilityTable(abilities, here)
  const missing = Object.keys(here)
  const message =
    missing.length === 0
      ? 'Everything Muster can do with this product is possible.'
      : `Not possible: ${inWords(missing)}.`
  return ok('capabilities', message, table)
}

async function drained<Item>(pages: AsyncIterable<Page<Item>>): Promise<readonly Item[]> {
  const found: Item[] = []
  for await (const { items } of pages) found.push(...items)
  return found
}
