import type { Group, User } from '../data-center/model.ts'
import type { Call } from '../server/call.ts'
import { refuse, required } from './dialect.ts'
import type { CrowdTwin } from './twin.ts'

const usualPage = 1000

/** The user of that name; a refusal with the status the call has for it. */
export function userNamed(twin: CrowdTwin, name: string, status: 400 | 404 = 404): User {
  return twin.store.user(name) ?? refuse(twin, status, 'USER_NOT_FOUND', `User <${name}> does not exist`)
}

/** The group of that name; a refusal with the status the call has for it. */
export function groupNamed(twin: CrowdTwin, name: string, status: 400 | 404 = 404): Group {
  return twin.store.group(name) ?? refuse(twin, status, 'GROUP_NOT_FOUND', `Group <${name}> does not exist`)
}

export function queryUser(twin: CrowdTwin, call: Call): User {
  return userNamed(twin, required(twin, call, 'username'))
}

export function queryGroup(twin: CrowdTwin, call: Call, parameter = 'groupname'): Group {
  return groupNamed(twin, required(twin, call, parameter))
}

export function isExpanded(call: Call, what: string): boolean {
  return call.query.getAll('expand').some((each) => each.split(',').includes(what))
}

/** The part of the list that `start-index` and `max-results` ask for; nothing tells whether more follow. */
export function pageOf<Item>(twin: CrowdTwin, call: Call, all: readonly Item[]): readonly Item[] {
  const number = (name: string, fallback: number): number => {
    const text = call.query.get(name)
    if (text === null) return fallback
    if (!/^-?\d+$/.test(text)) refuse(twin, 400, 'ILLEGAL_ARGUMENT', `${name} must be a whole number`)
    return Number(text)
  }
  const asked = number('max-results', usualPage)
  const most = twin.variants.is('largestPage', '1000') ? Math.min(asked, usualPage) : asked
  const start = Math.max(0, number('start-index', 0))
  const page = all.slice(start, most < 0 ? undefined : start + most)
  return call.shortPage === undefined ? page : page.slice(0, call.shortPage.keep)
}
