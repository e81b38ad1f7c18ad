import { effectiveGroups, fold, type Group, type User } from '../data-center/model.ts'
import { type Application, type JiraDcTwin, usersOf } from './twin.ts'

const avatarSizes = ['48x48', '24x24', '16x16', '32x32']

function userLink(twin: JiraDcTwin, user: User): string {
  return `${twin.url}/rest/api/2/user?username=${encodeURIComponent(user.name)}`
}

/** A user as lists show them. */
export function userView(twin: JiraDcTwin, user: User) {
  return {
    self: userLink(twin, user),
    key: user.key,
    name: user.name,
    emailAddress: user.email,
    avatarUrls: avatarUrls(twin, user),
    displayName: user.displayName,
    active: user.active,
    timeZone: 'Europe/Prague',
  }
}

/** One user in full; `expand` as asked for. */
export function fullUserView(twin: JiraDcTwin, user: User, expand: ReadonlySet<string>, deleted = false) {
  const groups = twin.variants.is('groupsOfUser', 'effective') ? [...effectiveGroups(user)] : [...user.groups]
  const roles = twin.applications.filter((application) => usersOf(application).has(user))
  return {
    ...userView(twin, user),
    deleted,
    locale: 'en_US',
    groups: list(groups.sort(byName), expand.has('groups'), (group) => groupView(twin, group)),
    applicationRoles: list(roles, expand.has('applicationRoles'), ({ key, name }) => ({ key, name })),
    expand: 'groups,applicationRoles',
  }
}

/** What a write of a user answers. No password ever comes back. */
export function writtenUserView(twin: JiraDcTwin, user: User) {
  const { key, name, email: emailAddress, displayName, active } = user
  return { self: userLink(twin, user), key, name, emailAddress, displayName, active }
}

export function groupView(twin: JiraDcTwin, { name }: Group) {
  return { name, self: `${twin.url}/rest/api/2/group?groupname=${encodeURIComponent(name)}` }
}

export function applicationView(application: Application) {
  const { key, name, seats } = application
  const userCount = usersOf(application).size
  return {
    key,
    name,
    groups: [...application.groups].map((group) => group.name).sort(),
    defaultGroups: [...application.defaultGroups].map((group) => group.name).sort(),
    selectedByDefault: key === 'jira-software',
    defined: true,
    numberOfSeats: seats ?? -1,
    remainingSeats: seats === null ? -1 : Math.max(0, seats - userCount),
    userCount,
    userCountDescription: `${userCount} users`,
    hasUnlimitedSeats: seats === null,
    platform: false,
  }
}

/** By name without letter case. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return fold(a.name) < fold(b.name) ? -1 : 1
}

function list<Item>(items: readonly Item[], isExpanded: boolean, view: (item: Item) => unknown) {
  return { size: items.length, items: isExpanded ? items.map(view) : [] }
}

function avatarUrls({ url }: JiraDcTwin, { key }: User): Record<string, string> {
  return Object.fromEntries(
    avatarSizes.map((size) => [size, `${url}/secure/useravatar?ownerId=${key}&size=${size.split('x')[0]}`]),
  )
}
