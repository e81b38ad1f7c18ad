import { fold, type Group, type User } from '../data-center/model.ts'
import type { CrowdTwin } from './twin.ts'

/** Names as the application is told to give them out. */
export function nameOf({ variants }: CrowdTwin, { name }: { readonly name: string }): string {
  return variants.is('lowerCaseOutput', 'on') ? fold(name) : name
}

export function userView(twin: CrowdTwin, user: User, withAttributes: boolean) {
  const name = nameOf(twin, user)
  const link = `${base(twin)}/user?username=${encodeURIComponent(name)}`
  return {
    name,
    'first-name': user.firstName,
    'last-name': user.lastName,
    'display-name': user.displayName,
    email: user.email,
    active: user.active,
    key: user.key,
    // Where to change it; a password never comes back.
    password: { link: { href: `${base(twin)}/user/password?username=${encodeURIComponent(name)}`, rel: 'edit' } },
    attributes: withAttributes ? attributesView(user.attributes) : { attributes: [] },
    link: { href: link, rel: 'self' },
  }
}

export function groupView(twin: CrowdTwin, group: Group, withAttributes: boolean) {
  const name = nameOf(twin, group)
  return {
    name,
    description: group.description,
    active: group.active,
    type: 'GROUP',
    attributes: withAttributes ? attributesView(group.attributes) : { attributes: [] },
    link: { href: `${base(twin)}/group?groupname=${encodeURIComponent(name)}`, rel: 'self' },
  }
}

/** A user or group of a list that was not expanded. */
export function nameView(twin: CrowdTwin, entity: { readonly name: string }) {
  return { name: nameOf(twin, entity) }
}

export function attributesView(attributes: ReadonlyMap<string, readonly string[]>) {
  return { attributes: [...attributes].map(([name, values]) => ({ name, values })) }
}

function base({ url }: CrowdTwin): string {
  return `${url}/rest/usermanagement/1`
}
