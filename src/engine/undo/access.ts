import type { AccessRole } from '../../domain/access.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import { has } from '../../platform/sorted.ts'
import { defaultGroups } from '../planner/access/access-book.ts'
import { accessKey, type Holders, holdersOf } from '../planner/access/holders.ts'
import { refusal } from '../planner/membership-drafts.ts'
import { writability } from '../planner/people-book.ts'
import { stateFor, type UndoScene, wasOurs } from './scene.ts'

type Undo = (scene: UndoScene, record: ChangeRecord, at: Place) => void

const inverses: Readonly<Partial<Record<ChangeRecord['kind'], Undo>>> = {
  'access.grant': undoGrant,
  'access.revoke': undoRevocation,
  'access.adopt': undoAdoption,
  'access.release': undoRelease,
}

/** Takes back access to products that a run gave, took or took note of; after memberships. */
export function undoAccess(scene: UndoScene): void {
  const sight: Sight = { groups: defaultGroups(scene.input), holders: holdersOf(scene.input) }
  for (const record of scene.input.records) {
    const inverse = inverses[record.kind]
    if (inverse === undefined || record.access === undefined) continue
    if (record.account === undefined) undoGroupAccess(scene, record, record.access)
    else {
      const place = placeOf(scene, sight, record, record.access)
      if (place === undefined) scene.kept.keep('gone', 'access', scene.label(record))
      else inverse(scene, record, place)
    }
  }
}

interface Sight {
  /** Default groups of products with what they give, by position. */
  readonly groups: ReadonlyMap<number, readonly string[]>
  readonly holders: Holders
}

interface Place {
  readonly who: NonNullable<ReturnType<UndoScene['account']>>
  readonly access: AccessRole
  /** We vouch for it, or another connection does. */
  readonly granted: boolean
  readonly others: boolean
  /** The account has it by itself, or by a default group; as far as the target or our ledger tells. */
  readonly present: boolean
  readonly sight: Sight
}

function placeOf(scene: UndoScene, sight: Sight, record: ChangeRecord, access: AccessRole): Place | undefined {
  const who = scene.account(record)
  if (who === undefined) return undefined
  const key = accessKey(access)
  const rows = scene.input.memory.access.filter((row) => accessKey(row) === key && row.accountIds.includes(who.now.id))
  const isOurs = ({ connection }: { readonly connection: string }) => connection === scene.input.connection.key
  const inDefaultGroup = defaultGroupsOf(sight, key).some((at) =>
    has(scene.input.target.groups[at]!.accounts, who.position),
  )
  return {
    who,
    access,
    granted: rows.some(isOurs),
    others: rows.some((row) => !isOurs(row)),
    present: inDefaultGroup || sight.holders.direct(who.position).some((each) => accessKey(each) === key),
    sight,
  }
}

/** Default groups that come with this access, by position. */
function defaultGroupsOf({ groups }: Sight, key: string): readonly number[] {
  return [...groups].flatMap(([position, gives]) => (gives.includes(key) ? [position] : []))
}

/** The role goes, and the places in default groups that the target gave with it. */
function undoGrant(scene: UndoScene, record: ChangeRecord, { who, access, granted, others, sight }: Place): void {
  const { kept, label, protection, input } = scene
  if (!granted) return kept.keep('not-ours', 'access', label(record))
  if (!wasOurs(record) || others) {
    scene.draft(record, 'access.release', { ...stateFor(undefined), access })
    return
  }
  if (who.now.kind !== 'person' || protection.untouchable.has(who.position)) {
    return kept.keep('protected', 'access', label(record))
  }
  if (scene.deactivations.get(who.now.id)?.state === 'ready') return kept.keep('suspended', 'access', label(record))
  const removals = defaultGroupsOf(sight, accessKey(access)).flatMap((position) => {
    const group = input.target.groups[position]!
    const { ours, oursOnce, others } = scene.vouchersOf(group.id)
    const isKept = [ours, oursOnce, others].some((list) => has(list, who.position)) || protection.groups.has(position)
    if (isKept || !has(group.accounts, who.position)) return []
    return [
      scene.draft(record, 'membership.remove', {
        ...stateFor(refusal('membership.remove', group, input.ends)),
        group: { id: group.id },
        groupLabel: group.name,
        among: 'account.delete',
      }),
    ]
  })
  scene.draft(record, 'access.revoke', {
    ...writability(input, 'access.revoke', who.now),
    access,
    ...(removals.length === 0 ? {} : { waitsFor: removals }),
  })
}

/** Comes back under the rule it stood under; what we never vouched for stays somebody else's. */
function undoRevocation(scene: UndoScene, record: ChangeRecord, { who, access, present }: Place): void {
  const { kept, label, protection, input } = scene
  if (!wasOurs(record)) return kept.keep('already-so', 'access', label(record))
  if (present && !input.memory.settling.has(`revoke:${accessKey(access)}:${who.now.id}`)) {
    return kept.keep('already-so', 'access', label(record))
  }
  if (who.now.kind !== 'person' || protection.untouchable.has(who.position)) {
    return kept.keep('protected', 'access', label(record))
  }
  const activation = scene.activations.get(who.now.id)
  if (who.now.state !== 'active' && activation === undefined) return kept.keep('inactive', 'access', label(record))
  scene.draft(
    record,
    'access.grant',
    {
      ...writability(input, 'access.grant', who.now),
      access,
      ...(activation === undefined ? {} : { waitsFor: [activation] }),
    },
    endedRule(scene, access, who.now.id),
  )
}

function undoAdoption(scene: UndoScene, record: ChangeRecord, { access, granted }: Place): void {
  if (!granted) return scene.kept.keep('already-so', 'access', scene.label(record))
  scene.draft(record, 'access.release', { ...stateFor(undefined), access })
}

/** What is there, or comes back with a membership of this undo, is vouched for again. */
function undoRelease(scene: UndoScene, record: ChangeRecord, { who, access, granted, present, sight }: Place): void {
  const { kept, label, input } = scene
  if (granted) return kept.keep('already-so', 'access', label(record))
  const groupIds = defaultGroupsOf(sight, accessKey(access)).map((at) => input.target.groups[at]!.id)
  const coming = scene.drafts.filter(
    ({ kind, account, group }) =>
      kind === 'membership.add' &&
      account !== undefined &&
      'id' in account &&
      account.id === who.now.id &&
      group !== undefined &&
      'id' in group &&
      groupIds.includes(group.id),
  )
  const rule = endedRule(scene, access, who.now.id)
  if ((!present && coming.length === 0) || rule === undefined) return kept.keep('gone', 'access', label(record))
  const later = present || coming.length === 0 ? {} : { waitsFor: coming, among: 'account.release' as const }
  scene.draft(record, 'access.adopt', { ...stateFor(undefined), access, ...later }, rule)
}

function endedRule({ input }: UndoScene, access: AccessRole, accountId: string): string | undefined {
  return input.accessEnded.find((row) => accessKey(row) === accessKey(access) && row.accountIds.includes(accountId))
    ?.rule
}

/** A whole group was let into a product: that is taken back as long as the group still has it. */
function undoGroupAccess(scene: UndoScene, record: ChangeRecord, access: AccessRole): void {
  const { kept, label, input } = scene
  const where = scene.group(record)
  if (where === undefined) return kept.keep('gone', 'access', label(record))
  const { grantsAccess, readOnlyBecause } = where.now
  const has = grantsAccess?.some((each) => accessKey(each) === accessKey(access))
  const gives = record.kind === 'access.grant'
  if (!wasOurs(record) || has === !gives) return kept.keep('already-so', 'access', label(record))
  const kind = gives ? 'access.revoke' : 'access.grant'
  const refused =
    readOnlyBecause !== undefined ? 'not-writable' : input.ends.offered.has(kind) ? undefined : 'not-offered'
  scene.draft(record, kind, { ...stateFor(refused), access })
}
