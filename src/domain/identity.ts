/** People and groups as a source tells them, before any rule of ours. */

/** Milliseconds since 1970-01-01T00:00Z. All times in the domain are instants given by the caller's clock. */
export type Instant = number

/**
 * One attribute as delivered. `null` = the source says it is empty; a key that is absent from the record = unknown,
 * which never changes anything (semantics D21).
 */
export type AttributeValue = string | readonly string[] | null

export type Attributes = Readonly<Record<string, AttributeValue>>

/** A person at the source. */
export interface SourceUser {
  /** Immutable id in the source; survives a change of login and e-mail. */
  readonly key: string
  /** False = the source says this person is disabled (leaver signal `disabled`). */
  readonly active: boolean
  /** Attributes under the source's own names. */
  readonly attributes: Attributes
  /** Keys of the groups this person is a direct member of; only where the source delivers memberships with users. */
  readonly memberOf?: readonly string[]
}

/** Who is a direct member of a source group. */
export interface MemberRef {
  readonly kind: 'user' | 'group'
  readonly key: string
}

/** A group at the source. */
export interface SourceGroup {
  /** Immutable id in the source; survives a rename. */
  readonly key: string
  readonly name: string
  readonly description?: string
  /** Keys of the connections that may take this group; absent = any. */
  readonly onlyFor?: readonly string[]
  /** Direct members; only where the source delivers memberships with groups. */
  readonly members?: readonly MemberRef[]
}

/** Case folding and NFKC, for comparing names, logins and e-mail addresses. Never for display. */
export function foldKey(text: string): string {
  // Most names are plain, and of those NFKC changes nothing but takes its time.
  return (plainText.test(text) ? text : text.normalize('NFKC')).trim().toLowerCase()
}

const plainText = /^[ -~]*$/

/** Simple case folding alone: two texts that are equal under `foldKey` but not under this are look-alikes (D9). */
export function foldCase(text: string): string {
  return text.trim().toLowerCase()
}

/** The first value of an attribute, or undefined when it is empty or unknown. */
export function firstValue(value: AttributeValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value === '' ? undefined : value
  return value.find((each) => each !== '')
}
