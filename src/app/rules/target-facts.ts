import type { CustomAttributePlace } from '../../domain/account.ts'
import { allowances, allowSchema } from '../../domain/allow.ts'
import type { WriteKind } from '../../domain/change.ts'
import type { MatchRule } from '../../domain/connection.ts'
import type { Target } from '../../ports/target.ts'

/** What is known of a target before it is asked over the network. */
export interface TargetFacts {
  /** The target's name in the configuration. */
  readonly key: string
  readonly title: string
  readonly match: readonly MatchRule[]
  readonly attributes: readonly string[]
  /** Attributes a new account must have. */
  readonly required: readonly string[]
  /** Where custom attributes are kept; undefined = nowhere. */
  readonly custom: CustomAttributePlace | undefined
  readonly groupNameLimit: number
  readonly knowsProducts: boolean
  readonly knowsLeads: boolean
  /** Kinds of change that its settings rule out, and why. */
  readonly lacks: Readonly<Partial<Record<WriteKind, string>>>
  /** Kinds of change that an administrator forbade, by the setting that does (D26). */
  readonly forbids: Readonly<Partial<Record<WriteKind, string>>>
}

export function factsOf(key: string, title: string, target: Target, allow: unknown): TargetFacts {
  return {
    key,
    title,
    match: target.defaultMatch,
    attributes: target.writableAttributes.map(({ name }) => name),
    required: target.writableAttributes.flatMap(({ name, required }) => (required ? [name] : [])),
    custom: target.customAttributes,
    groupNameLimit: target.groupNameLimit,
    knowsProducts: target.products !== undefined,
    knowsLeads: target.leadsOf !== undefined,
    lacks: target.lacks ?? {},
    forbids: forbiddenBy(allow),
  }
}

function forbiddenBy(allow: unknown): TargetFacts['forbids'] {
  const parsed = allowSchema.safeParse(allow ?? {})
  // What is wrong with it is told where it stands.
  if (!parsed.success) return {}
  const names = Object.keys(allowances) as (keyof typeof allowances)[]
  return Object.fromEntries(
    names.flatMap((name) => (parsed.data[name] ? [] : allowances[name].map((kind) => [kind, `allow.${name}`]))),
  )
}
