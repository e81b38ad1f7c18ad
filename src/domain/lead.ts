/** What an account may be the lead of. */
export type LedKind = 'project' | 'component'

/** A project or component that has a lead. */
export interface LedThing {
  readonly kind: LedKind
  /** Immutable id in the target; unique among things of its kind. */
  readonly id: string
  /** What people call it, e.g. `Web shop (SHOP)` or `Checkout`. */
  readonly name: string
  /** Key of the project a component belongs to, or the project's own. */
  readonly project: string
}

/** A lead that passes from the account of a change to another one. */
export interface Handover extends LedThing {
  readonly to: { readonly id: string; readonly label: string }
}

/** One name for a led thing, for maps: `project:10001`. */
export function ledKey({ kind, id }: Pick<LedThing, 'kind' | 'id'>): string {
  return `${kind}:${id}`
}
