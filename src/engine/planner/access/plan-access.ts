import type { AccessRole } from '../../../domain/access.ts'
import type { DraftChange } from '../../../domain/change.ts'
import type { PlanInput } from '../input.ts'
import type { Memberships } from '../memberships.ts'
import type { PeopleBook } from '../people-book.ts'
import type { Protection } from '../protection.ts'
import { accountLabel } from '../values.ts'
import type { AccessBook } from './access-book.ts'
import { type AccessScene, writeAccess } from './access-drafts.ts'
import { endUnwanted, type Ledger, ledgerOf } from './ending.ts'
import { accessKey } from './holders.ts'
import { orderLeaving } from './leaving-groups.ts'
import type { AccessRule } from './rules.ts'

/**
 * Access that is given to accounts themselves (D20): whoever receives and lacks it gets it, what is there already is
 * vouched for from now on, and what no rule asks for any more is taken away. After memberships, because groups give
 * access, too.
 */
export function planAccess(
  input: PlanInput,
  protection: Protection,
  people: PeopleBook,
  book: AccessBook,
  memberships: Memberships,
): readonly DraftChange[] {
  const scene: AccessScene = { input, protection, people, book, memberships, drafts: [] }
  const ledger = ledgerOf(input)
  const byRole = book.rules.filter(({ grantedBy }) => grantedBy === 'role')
  const grants = new Map<string, DraftChange>()
  if (byRole.length > 0) {
    const accounts = input.target.accounts.length + people.creations.length
    for (let account = 0; account < accounts; account += 1) {
      if (people.standingOf[account] !== 'receives' || protection.untouchable.has(account)) continue
      for (const rule of byRole) {
        const grant = giveOrAdopt(scene, ledger, account, rule)
        if (grant !== undefined) grants.set(`${rule.product} ${account}`, grant)
      }
    }
  }
  if (input.source.usersComplete) endUnwanted(scene, ledger, grants)
  orderLeaving(scene)
  noteKept(scene)
  return scene.drafts
}

/** Says which leavers keep a product although a stage takes all access away. */
function noteKept({ input, people, book, memberships: { drafts } }: AccessScene): void {
  const kept: string[] = []
  const here = input.ends.products?.map(({ id }) => id)
  const isHere = ({ product }: AccessRole) => here?.includes(product) ?? true
  for (const [account, { removesAccess }] of people.leavingOf) {
    if (!removesAccess) continue
    const groups = [...book.holders.groups].flatMap(([position, roles]) =>
      roles.some(isHere) && drafts.isMemberAfter(account, position) ? [position] : [],
    )
    const names = groups.map((position) => `"${input.target.groups[position]!.name}"`).sort()
    if (names.length > 0) kept.push(`${accountLabel(input.target.accounts[account]!)} by ${names.join(', ')}`)
  }
  for (const who of kept.sort()) {
    people.notices.push(
      `Access that a leaver keeps, because the group is protected, kept elsewhere or read-only: ${who}.`,
    )
  }
  if (input.ends.products === undefined && book.holders.groups.size === 0) {
    const count = [...people.leavingOf.values()].filter(({ removesAccess }) => removesAccess).length
    if (count > 0)
      people.notices.push(
        `The access of ${count} leavers cannot be removed: the target does not tell who may use what.`,
      )
  }
}

/** What one person lacks of one rule; returns the grant, if there is one. */
function giveOrAdopt(scene: AccessScene, ledger: Ledger, account: number, rule: AccessRule): DraftChange | undefined {
  const { input, book, people, memberships } = scene
  const actual = input.target.accounts[account]
  const key = accessKey(rule)
  const isOurs = actual !== undefined && ledger.ours.get(actual.id)?.has(key) === true
  const has = (roles: readonly AccessRole[]) => roles.some((each) => accessKey(each) === key)
  const isDirect = has(book.holders.direct(account))
  const isInDefaultGroup = [...book.groups].some(
    ([position, { wants }]) => wants.includes(rule) && memberships.isKeptByAccess(account, position),
  )
  if (isDirect || isInDefaultGroup) {
    if (!isOurs && input.connection.groups.adoptExisting)
      writeAccess(scene, 'access.adopt', account, rule, 'access-wanted', rule.rule)
    return undefined
  }
  if (lendsByGroup(scene, account, key)) return undefined
  if (actual !== undefined && input.memory.settling.has(`grant:${key}:${actual.id}`)) {
    people.settling += 1
    return undefined
  }
  return writeAccess(scene, 'access.grant', account, rule, 'access-wanted', rule.rule)
}

/** Will a group give the account this role when the plan is done? */
function lendsByGroup({ book, memberships: { drafts } }: AccessScene, account: number, key: string): boolean {
  for (const [position, roles] of book.holders.groups) {
    if (roles.some((each) => accessKey(each) === key) && drafts.isMemberAfter(account, position)) return true
  }
  return false
}
