/** A filter as written (RFC 7644 section 3.4.2.2), before names are looked up in a schema. */

export type CompareOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
export type Literal = string | number | boolean | null

/** `urn:…:User:name.familyName` in its parts. */
export interface PathText {
  readonly urn?: string
  readonly name: string
  readonly sub?: string
  /** As written, for messages. */
  readonly text: string
  /** Position in the text, from 1. */
  readonly at: number
}

export type FilterTree =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly FilterTree[] }
  | { readonly kind: 'not'; readonly operand: FilterTree }
  | { readonly kind: 'present'; readonly path: PathText }
  | {
      readonly kind: 'compare'
      readonly path: PathText
      readonly operator: CompareOperator
      readonly literal: Literal
      /** The text stood without quotes; some clients forget them around ids. */
      readonly unquoted?: boolean
    }
  /** `emails[type eq "work"]`: one element fulfils all of the inner filter. */
  | { readonly kind: 'element'; readonly path: PathText; readonly filter: FilterTree }

/** `members[value eq "U1"]`, `emails[type eq "work"].value`, `name.familyName`: a target of PATCH. */
export interface PathTree {
  readonly path: PathText
  readonly filter?: FilterTree
  /** Behind the bracket; without a bracket it stands in `path`. */
  readonly sub?: string
}
