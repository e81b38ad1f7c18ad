import { z } from 'zod'

/** The use of one product in one role; what a person or a group may be given. */
export interface AccessRole {
  /** `Product.id`. */
  readonly product: string
  /** `ProductRole.key`, e.g. `user`. */
  readonly role: string
}

/** `{ product: jira-software, role: user }` in the rules of a connection; the product by the target's key or id. */
export const accessRuleSchema = z.strictObject({
  product: z.string().trim().min(1).max(200),
  role: z.string().trim().min(1).max(100).default('user'),
})

export function isSameAccess(a: AccessRole, b: AccessRole): boolean {
  return a.product === b.product && a.role === b.role
}

/** Access in few words: the product, and the role where it is not plain use. */
export function accessText({ product, role }: AccessRole): string {
  return role === 'user' ? product : `${product} (${role})`
}

/** What somebody can be in a product. */
export interface ProductRole {
  readonly key: string
  /** People in this role count against the product's licence. */
  readonly usesSeat: boolean
  /** The role administers something: giving it is an admin grant (D18). */
  readonly administers: boolean
}

/** Licence seats of a product as the target counts them, people of other directories included. */
export type Seats = { readonly total: number; readonly used: number } | 'unlimited' | 'unknown'

/** A product of the target's site that people can be let into. */
export interface Product {
  /** Never changes and is unique in the whole directory, which several sites may share (D1). Without blanks. */
  readonly id: string
  /** What administrators write, unique among the products of this target, e.g. `jira-software`. */
  readonly key: string
  readonly title: string
  readonly seats: Seats
  /** Roles that can be given here. */
  readonly roles: readonly ProductRole[]
  /**
   * How somebody gets in: `role` = by `access.grant` to the account; `group` = only by membership in one of
   * `defaultGroupIds`, because the target has no call that gives a role to one account.
   */
  readonly grantedBy: 'role' | 'group'
  /**
   * Groups that come with the plain use of the product: the target itself puts in whoever is given access (D20), or, with
   * `grantedBy: group`, we do. Each of them also tells so in `TargetGroup.grantsAccess`. Never a group that administers.
   */
  readonly defaultGroupIds: readonly string[]
}
