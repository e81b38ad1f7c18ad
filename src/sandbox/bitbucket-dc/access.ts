import type { Group, User } from '../data-center/model.ts'
import { captchaAnswer, looksForged, xsrfAnswer } from '../data-center/refusals.ts'
import { type Call, Refusal } from '../server/call.ts'
import { bitbucketDcDialect, refuse } from './dialect.ts'
import { type BitbucketDcTwin, type Permission, permissionOf, rank, rankOf } from './twin.ts'

/** Who made a call, as far as anybody asked. */
const callers = new WeakMap<Call, User>()

/** X-AUSERNAME, which every answer to somebody who is signed in carries (community.developer.atlassian.com, thread 24422). */
export function callerHeaders(twin: BitbucketDcTwin, call: Call): Readonly<Record<string, string>> {
  const user = callers.get(call)
  if (user === undefined || twin.variants.is('callerHeader', 'absent')) return {}
  return { 'x-ausername': encodeURIComponent(user.name) }
}

/** The caller, who has at least this permission: without it the answer is 401 as well, not 403. */
export function caller(twin: BitbucketDcTwin, call: Call, needed: Permission): User {
  const plain = bitbucketDcDialect.unauthorized(call)
  const presented = twin.logins.callerOf(call)
  if (presented.kind === 'captcha') {
    throw new Refusal(captchaAnswer(plain, twin.variants.get('captcha'), twin.url))
  }
  if (presented.kind !== 'known') throw new Refusal(plain)
  if (looksForged(call, twin.variants.get('xsrf'))) throw new Refusal(xsrfAnswer)
  callers.set(call, presented.user)
  if (rankOf(twin, presented.user) < rank(needed)) {
    refuse(401, 'You are not permitted to access this resource')
  }
  return presented.user
}

export function administrator(twin: BitbucketDcTwin, call: Call): User {
  return caller(twin, call, 'ADMIN')
}

/** Refuses a change of somebody who has more rights than the caller; the status differs by call. */
export function requireNotAbove(twin: BitbucketDcTwin, self: User, user: User, status: 401 | 403): void {
  if (rankOf(twin, user) > rankOf(twin, self)) refuse(status, `${user.name} has a higher permission level than you`)
}

/** Refuses a change of a group that gives more rights than the caller has. */
export function requireGroupNotAbove(twin: BitbucketDcTwin, self: User, group: Group): void {
  if (rank(permissionOf(group)) > rankOf(twin, self)) {
    refuse(403, `${group.name} has a higher permission level than you`)
  }
}

/** Refuses what would leave the caller with fewer rights: being without this group. */
export function requireOwnRightsKept(twin: BitbucketDcTwin, self: User, group: Group): void {
  if (rankOf(twin, self, group) < rankOf(twin, self)) {
    refuse(409, 'You may not lower your own permission level')
  }
}
