import type { AttributeValue } from './identity.ts'

/** A person of the built-in directory. */
export interface LocalPerson {
  readonly key: string
  readonly userName: string
  readonly active: boolean
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** A group of the built-in directory; members are people and groups of the same directory. */
export interface LocalGroup {
  readonly key: string
  readonly name: string
  readonly description?: string
}
