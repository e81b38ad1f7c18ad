import type { DraftChange, DraftRef } from '../../../domain/change.ts'
import { type HoldReason, holdReasons } from '../../../domain/reason.ts'
import type { WorkItem } from '../../../domain/work-item.ts'
import type { PlanInput } from '../input.ts'
import { accessKey } from './holders.ts'
import { type AccessRule, accessRules, type UnknownAccess } from './rules.ts'

/** A group that rules fill, as far as its access is concerned. */
interface FilledGroup {
  readonly ref: DraftRef
  readonly position: number
  readonly name: string
  readonly receipts: readonly { readonly rule: string }[]
  readonly adoption?: DraftChange
}

/**
 * What members of a group may use, where a group rule says so (D20). A group is only ever given access, never taken: what
 * else hangs on it nobody here knows. Groups whose access the target does not show are left alone, unless this plan makes
 * them.
 */
export function planGroupAccess(
  input: PlanInput,
  managed: Iterable<FilledGroup>,
): { readonly changes: readonly DraftChange[]; readonly workItems: readonly WorkItem[] } {
  const { byName, byTable } = input.connection.groups
  const unknown: UnknownAccess[] = []
  const rulesOf = new Map<string, readonly AccessRule[]>()
  const resolve = (rule: string, written: Parameters<typeof accessRules>[1] = []) => {
    const found = accessRules(input.ends.products, written, `${rule}.access`)
    rulesOf.set(rule, found.known)
    unknown.push(...found.unknown)
  }
  resolve('groups.byName', byName?.access)
  for (const [index, { access }] of byTable.entries()) resolve(`groups.byTable[${index}]`, access)

  const changes: DraftChange[] = []
  for (const group of managed) {
    const wanted = new Map<string, AccessRule>()
    for (const { rule } of group.receipts) {
      for (const each of rulesOf.get(rule) ?? []) {
        if (!wanted.has(accessKey(each))) wanted.set(accessKey(each), each)
      }
    }
    for (const rule of wanted.values()) {
      const draft = draftFor(input, group, rule)
      if (draft !== undefined) changes.push(draft)
    }
  }
  return {
    changes,
    workItems: unknown.map(({ rule, message }) => ({
      reason: 'access-unknown',
      subject: `rule:${input.connection.key}:${rule}`,
      label: rule,
      message: `${message} (${holdReasons['access-unknown']})`,
    })),
  }
}

function draftFor({ target, ends }: PlanInput, group: FilledGroup, rule: AccessRule): DraftChange | undefined {
  const { product, role } = rule
  const actual = target.groups[group.position]
  if (actual !== undefined) {
    const { grantsAccess } = actual
    if (grantsAccess === undefined || grantsAccess.some((each) => accessKey(each) === accessKey(rule))) return undefined
  }
  const blocked: HoldReason | undefined =
    actual?.readOnlyBecause !== undefined
      ? 'not-writable'
      : rule.grantedBy === 'group' || !ends.offered.has('access.grant')
        ? 'not-offered'
        : undefined
  return {
    kind: 'access.grant',
    group: group.ref,
    groupLabel: group.name,
    access: { product, role },
    ...(group.adoption === undefined ? {} : { waitsFor: [group.adoption] }),
    reason: 'group-access',
    rule: rule.rule,
    state: blocked === undefined ? 'ready' : 'blocked',
    stateReasons: blocked === undefined ? [] : [blocked],
  }
}
