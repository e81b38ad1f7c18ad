import { fold, type Group, type User } from '../data-center/model.ts'
import { isWritable } from '../data-center/store.ts'
import type { Answer, Call } from '../server/call.ts'
import { refuse } from './dialect.ts'
import type { BitbucketDcTwin } from './twin.ts'

const usualPage = 25

/** A user as everybody sees them. */
export function userView(user: User) {
  const { id, name, displayName, email: emailAddress, active } = user
  return { name, emailAddress, active, displayName, id, slug: slugOf(user), type: 'NORMAL' }
}

/** A user as administrators see them, with what may be changed. */
export function detailedUserView(user: User) {
  const isMutable = isWritable(user)
  return {
    ...userView(user),
    directoryName: user.directory.name,
    deletable: isMutable,
    mutableDetails: isMutable,
    mutableGroups: user.directory.mode !== 'read-only',
    lastAuthenticationTimestamp: user.createdAt,
  }
}

export function detailedGroupView({ name, synced }: Group) {
  return { name, deletable: !synced }
}

export function slugOf({ name }: User): string {
  return fold(name).replace(/[^a-z0-9._-]/g, '-')
}

/** Username, name or address contain the text. */
export function fits(user: User, filter: string | null): boolean {
  return filter === null || fold(`${user.name}\n${user.displayName}\n${user.email}`).includes(fold(filter))
}

/** By name without letter case. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return fold(a.name) < fold(b.name) ? -1 : 1
}

/** A page of a list; only `nextPageStart` tells where the next one begins. */
export function pageOf<Item>(
  { variants }: BitbucketDcTwin,
  call: Call,
  all: readonly Item[],
  view: (item: Item) => unknown,
): Answer {
  const number = (name: string, fallback: number): number => {
    const text = call.query.get(name)
    if (text === null || text === '') return fallback
    return /^\d+$/.test(text) ? Number(text) : refuse(400, `${name} must be a whole number of 0 or more`, name)
  }
  const gap = variants.is('nextPageStart', 'stretched') ? 3 : 1
  const start = number('start', 0)
  const limit = Math.min(number('limit', usualPage), Number(variants.get('largestPage')))
  if (limit === 0) refuse(400, 'limit must be at least 1', 'limit')
  const at = Math.ceil(start / gap)
  const page = all.slice(at, at + limit).slice(0, call.shortPage?.keep)
  const isLastPage = call.shortPage !== undefined || at + page.length >= all.length
  const noneNext = variants.is('lastPageStart', 'null') ? { nextPageStart: null } : {}
  return {
    status: 200,
    json: {
      values: page.map(view),
      size: page.length,
      limit,
      isLastPage,
      start,
      ...(isLastPage ? noneNext : { nextPageStart: (at + limit) * gap }),
    },
  }
}
