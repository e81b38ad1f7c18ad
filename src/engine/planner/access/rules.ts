import type { AccessRole, Product } from '../../../domain/access.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { PlanInput } from '../input.ts'

/** A rule of the connection with the product it means. */
export interface AccessRule extends AccessRole {
  /** `users.access[0]`. */
  readonly rule: string
  readonly grantedBy: Product['grantedBy']
}

type Written = PlanInput['connection']['users']['access']

/** A rule that names what the target does not have. */
export interface UnknownAccess {
  readonly rule: string
  /** The product it means, if the target has that. */
  readonly product?: string
  readonly message: string
}

export interface AccessRules {
  readonly known: readonly AccessRule[]
  readonly unknown: readonly UnknownAccess[]
}

/** Looks up what `users.access`, or the access of a group rule, names; a rule that means nothing here is told. */
export function accessRules(products: readonly Product[] | undefined, written: Written, at: string): AccessRules {
  const known: AccessRule[] = []
  const unknown: UnknownAccess[] = []
  written.forEach(({ product: name, role }, index) => {
    const rule = `${at}[${index}]`
    const product = products?.find(({ id, key }) => id === name || foldKey(key) === foldKey(name))
    const message = whyUnknown(products, product, name, role)
    if (product === undefined) unknown.push({ rule, message: message ?? '' })
    else if (message !== undefined) unknown.push({ rule, product: product.id, message })
    else if (!known.some((each) => each.product === product.id && each.role === role)) {
      known.push({ rule, product: product.id, role, grantedBy: product.grantedBy })
    }
  })
  return { known, unknown }
}

function whyUnknown(
  products: readonly Product[] | undefined,
  product: Product | undefined,
  name: string,
  role: string,
): string | undefined {
  if (products === undefined) return `The target knows no products, so nobody can be given "${name}"`
  if (product === undefined) {
    const keys = products.map(({ key }) => key).sort()
    return `The target has no product "${name}"; it has ${keys.length === 0 ? 'none' : keys.join(', ')}`
  }
  const roles = product.roles.map(({ key }) => key)
  if (!roles.includes(role)) {
    return `"${name}" has no role "${role}"; it has ${roles.length === 0 ? 'none that can be given' : roles.join(', ')}`
  }
  if (product.grantedBy === 'group' && product.defaultGroupIds.length === 0) {
    return `"${name}" is given by groups only, and the target names no default group of it`
  }
  return undefined
}
