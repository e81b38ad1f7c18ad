import type { AccessRole } from '../../../domain/access.ts'
import type { DraftChange } from '../../../domain/change.ts'
import type { HoldReason, ReasonCode } from '../../../domain/reason.ts'
import type { PlanInput } from '../input.ts'
import type { Memberships } from '../memberships.ts'
import { accountRef, type PeopleBook, writability } from '../people-book.ts'
import type { Protection } from '../protection.ts'
import { accountLabel } from '../values.ts'
import type { AccessBook } from './access-book.ts'

/** What access is decided from, and where it is written down. */
export interface AccessScene {
  readonly input: PlanInput
  readonly protection: Protection
  readonly people: PeopleBook
  readonly book: AccessBook
  readonly memberships: Memberships
  readonly drafts: DraftChange[]
}

/** Writes down a change of access of one account; knows what the target would refuse (P12). */
export function writeAccess(
  scene: AccessScene,
  kind: 'access.grant' | 'access.revoke' | 'access.adopt' | 'access.release',
  account: number,
  { product, role }: AccessRole,
  reason: ReasonCode,
  rule: string,
  part: Pick<DraftChange, 'waitsFor' | 'among'> = {},
): DraftChange {
  const { input, people, drafts } = scene
  const actual = input.target.accounts[account]
  const label =
    actual === undefined
      ? (people.creations[account - input.target.accounts.length]?.accountLabel ?? '')
      : accountLabel(actual)
  const user = people.userOf[account]
  const activation = kind === 'access.grant' ? people.activations.get(account) : undefined
  const waitsFor = [...(part.waitsFor ?? []), ...(activation === undefined ? [] : [activation])]
  const draft: DraftChange = {
    kind,
    account: accountRef(input, people, account),
    accountLabel: label,
    access: { product, role },
    ...(user === undefined ? {} : { person: { key: input.source.users[user]!.key, label } }),
    ...(part.among === undefined ? {} : { among: part.among }),
    ...(waitsFor.length === 0 ? {} : { waitsFor }),
    reason,
    rule,
    ...stateOf(input, kind, actual),
  }
  drafts.push(draft)
  return draft
}

function stateOf(
  input: PlanInput,
  kind: DraftChange['kind'],
  actual: PlanInput['target']['accounts'][number] | undefined,
): Pick<DraftChange, 'state' | 'stateReasons'> {
  if (kind !== 'access.grant' && kind !== 'access.revoke') return { state: 'ready', stateReasons: [] }
  if (actual !== undefined) return writability(input, kind, actual)
  const blocked: readonly HoldReason[] = input.ends.offered.has(kind) ? [] : ['not-offered']
  return { state: blocked.length === 0 ? 'ready' : 'blocked', stateReasons: blocked }
}
