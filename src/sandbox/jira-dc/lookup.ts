import { fold, type Group, type User } from '../data-center/model.ts'
import { isWritable } from '../data-center/store.ts'
import type { Call } from '../server/call.ts'
import { refuse } from './dialect.ts'
import type { JiraDcTwin } from './twin.ts'

/** Who is meant by `username`, or by `key` (called `userKey` elsewhere); a refusal when nobody is. */
export function namedUser(twin: JiraDcTwin, call: Call, keyParameter: 'key' | 'userKey' = 'key'): User {
  const [name, key] = [call.query.get('username'), call.query.get(keyParameter)]
  if (name === null && key === null) refuse(twin, 400, `Either username or ${keyParameter} is required.`)
  const user = key === null ? twin.store.user(name ?? '') : twin.store.userByKey(key)
  if (user === undefined || !twin.store.isSeen(user)) {
    return refuse(twin, 404, `The user named '${name ?? key}' does not exist`)
  }
  return user
}

/** The group of `groupname`; an empty name is a 400, an unknown one a 404. */
export function namedGroup(twin: JiraDcTwin, call: Call): Group {
  const name = call.query.get('groupname') ?? ''
  if (name === '') refuse(twin, 400, 'The group name is empty.')
  return twin.store.group(name) ?? refuse(twin, 404, `The group named '${name}' does not exist.`)
}

/** Refuses the change of a user whom a directory server keeps. */
export function requireWritable(twin: JiraDcTwin, user: User): void {
  if (!isWritable(user)) refuseReadOnly(twin, user)
}

export function refuseReadOnly(twin: JiraDcTwin, user: User): never {
  const status = Number(twin.variants.get('readOnlyStatus'))
  return refuse(twin, status, `Cannot edit user '${user.name}', as the user's directory is read-only.`)
}

/** A whole number of the query, 0 or more. */
export function numberParam(twin: JiraDcTwin, call: Call, name: string, fallback: number): number {
  const text = call.query.get(name)
  if (text === null || text === '') return fallback
  if (!/^\d+$/.test(text)) refuse(twin, 400, `The value of '${name}' must be a whole number of 0 or more.`)
  return Number(text)
}

/** Username, name or address contain the text; `.` finds everybody. */
export function found(user: User, text: string): boolean {
  if (text === '.') return true
  return fold(`${user.name}\n${user.displayName}\n${user.email}`).includes(fold(text))
}

export function expandOf(call: Call): ReadonlySet<string> {
  return new Set((call.query.get('expand') ?? '').split(','))
}

/** A page bean, at most `largest` items; a larger page is lowered silently. */
export function pageBean<Item>(
  twin: JiraDcTwin,
  call: Call,
  all: readonly Item[],
  sizes: { readonly usual: number; readonly largest: number },
  view: (item: Item) => unknown,
) {
  const startAt = numberParam(twin, call, 'startAt', 0)
  const maxResults = Math.min(numberParam(twin, call, 'maxResults', sizes.usual), sizes.largest)
  let items = all.slice(startAt, startAt + maxResults)
  let isLast = startAt + items.length >= all.length
  let total = all.length
  if (call.shortPage !== undefined) {
    items = items.slice(0, call.shortPage.keep)
    isLast = true
    if (!call.shortPage.totalIsTrue) total = startAt + items.length
  }
  const link = (start: number) => {
    const query = new URLSearchParams(call.query)
    query.set('startAt', String(start))
    query.set('maxResults', String(maxResults))
    return `${twin.url}${call.path.slice(call.path.indexOf('/rest/'))}?${query}`
  }
  return {
    status: 200,
    json: {
      self: link(startAt),
      ...(isLast ? {} : { nextPage: link(startAt + maxResults) }),
      maxResults,
      startAt,
      total,
      isLast,
      values: items.map(view),
    },
  }
}
