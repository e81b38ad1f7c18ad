import { type AttributeValue, firstValue, foldKey } from './identity.ts'

/** A person of the built-in directory. */
export interface LocalPerson {
  readonly key: string
  readonly userName: string
  readonly active: boolean
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /** No connection that fills this directory changes the person. Absent = it may; while saving: as it was. */
  readonly protected?: boolean
  /** Names of the attributes that connections keep here; all others are those of whoever entered them. */
  readonly kept?: readonly string[]
  /** Key at the source of a connection that made the person. */
  readonly origin?: string
}

/** A group of the built-in directory; members are people and groups of the same directory. */
export interface LocalGroup {
  readonly key: string
  readonly name: string
  readonly description?: string
  /** No connection that fills this directory changes its members. Absent = it may; while saving: as it was. */
  readonly protected?: boolean
  /** Keys of the connections that take this group. Absent = any; while saving: as it was, and null = any. */
  readonly connections?: readonly string[] | null
}

/** Which people, or which groups, are looked for; texts are compared folded, keys as they are. */
export type LocalPeopleBy =
  | { readonly keys: readonly string[] }
  | { readonly userNames: readonly string[] }
  | { readonly mails: readonly string[] }
export type LocalGroupsBy = { readonly keys: readonly string[] } | { readonly names: readonly string[] }

/** What is counted. */
export type LocalList = 'people' | 'groups' | { readonly membersOf: string }

/** The attribute that holds the address of a person: people enter it as `mail` or as `email`. */
export function mailAttribute({ attributes }: Pick<LocalPerson, 'attributes'>): 'mail' | 'email' {
  return firstValue(attributes.mail) === undefined && firstValue(attributes.email) !== undefined ? 'email' : 'mail'
}

/** The address of a person, folded; undefined = none. */
export function mailKey(person: Pick<LocalPerson, 'attributes'>): string | undefined {
  const mail = firstValue(person.attributes[mailAttribute(person)])
  return mail === undefined ? undefined : foldKey(mail)
}
