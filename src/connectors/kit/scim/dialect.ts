import type { TargetAccount, WritableAttribute } from '../../../domain/account.ts'
import { type Place, placeOf, valueAt } from '../../../scim/client/place.ts'
import type { RemovalForm } from '../../../scim/client/request.ts'
import { emailOf, isActive, type ToldResource, textAt } from '../../../scim/client/resource.ts'

/** An attribute of an account and where a SCIM user has it. */
export interface PlacedAttribute extends WritableAttribute {
  readonly place: Place
}

/** In what one kind of server differs from another. */
export interface Dialect {
  /** What it is called in messages. */
  readonly title: string
  readonly attributes: readonly PlacedAttribute[]
  /** Whether people can be found by `emails.value`; else only by `userName`. */
  readonly findsByEmail: boolean
  /** Whether groups can be asked for by `members.value`. */
  readonly findsByMember: boolean
  /** The user name is the address, and follows it. */
  readonly userNameIsEmail: boolean
  /** Most members one request may add or remove. */
  readonly membersPerRequest: number
  /** How members are taken out; `whole` writes the list as a whole. */
  readonly removal: RemovalForm | 'whole'
  /** Lists of groups are asked for with their members. */
  readonly membersWithLists: boolean
  /** Attributes that are told and not sent back when a whole resource is written. */
  readonly toldOnly: readonly string[]
  /** A group that came without members is asked for them by name. */
  readonly asksForMembers: boolean
}

const place = (path: string): Place => placeOf(path) ?? { attribute: path }

/** A writable attribute at a path. */
export function placed(
  name: string,
  path: string,
  seen: string,
  more: Partial<Pick<WritableAttribute, 'required' | 'when' | 'maxLength'>> = {},
): PlacedAttribute {
  return { name, place: place(path), seen, required: false, when: 'always', ...more }
}

const told = new Set(['email', 'userName', 'displayName'])

/** A user of the server as the engine knows an account. What is switched off is suspended: it can be switched on again. */
export function asAccount(resource: ToldResource, { attributes }: Dialect): TargetAccount {
  const others = attributes.filter(({ name }) => !told.has(name))
  const email = emailOf(resource)
  const userName = textAt(resource, 'userName')
  const displayName = textAt(resource, 'displayName')
  const externalId = textAt(resource, 'externalId')
  return {
    id: resource.id,
    kind: 'person',
    state: isActive(resource) ? 'active' : 'suspended',
    ...(userName === undefined ? {} : { userName }),
    ...(email === undefined ? {} : { email }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(externalId === undefined ? {} : { externalId }),
    attributes: Object.fromEntries(others.map(({ name, place: at }) => [name, valueAt(resource.document, at) ?? null])),
  }
}
