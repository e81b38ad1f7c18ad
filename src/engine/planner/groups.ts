import type { DraftChange } from '../../domain/change.ts'
import type { Choice } from '../../domain/decision.ts'
import { foldKey } from '../../domain/identity.ts'
import type { GroupLink } from '../../domain/memory.ts'
import { type HoldReason, holdReasons } from '../../domain/reason.ts'
import type { WorkItem } from '../../domain/work-item.ts'
import type { AccessBook } from './access/access-book.ts'
import { planGroupAccess } from './access/group-access.ts'
import type { PlanInput } from './input.ts'
import type { ManagedGroup } from './managed-group.ts'
import { type Asking, type Obtained, obtaining } from './obtaining.ts'
import type { PeopleBook } from './people-book.ts'
import { isBuiltInAdminName, type Protection } from './protection.ts'
import { byNameRule, type Conflict, type Wanted, wantedGroups, withConflicts } from './wanted-groups.ts'

/** A source group that a changed rule gives another target group (D10). */
export interface Move {
  /** Id of the group it was linked to. */
  readonly from: string
  readonly to: ManagedGroup
}

export interface Groups {
  readonly changes: readonly DraftChange[]
  readonly workItems: readonly WorkItem[]
  readonly notices: readonly string[]
  readonly managed: readonly ManagedGroup[]
  readonly moves: readonly Move[]
  /** Existing groups that a plan for some people does not take over. */
  readonly left: readonly Asking[]
  /** Source groups that take part. */
  readonly inScope: number
  /** Ids of decisions that have done what they were for. */
  readonly spent: readonly string[]
}

/** Decides which target group each source group fills: linked before, by table, by name; creates what is missing. */
export function planGroups(input: PlanInput, protection: Protection, people: PeopleBook, access: AccessBook): Groups {
  const { connection, source, target, ends } = input
  const { decided } = people
  const rules = connection.groups
  const workItems: WorkItem[] = []
  const notices: string[] = []
  const moves: Move[] = []
  const spent: string[] = []
  const positionOfId = new Map(target.groups.map((group, index) => [group.id, index]))
  const linkOf = linksOf(input)
  const newNameOf = byNameRule(input)
  const groups = obtaining(input, protection, people)

  const ask = (reason: HoldReason, each: Pick<Wanted, 'group' | 'linkRule'>, question: Asked) =>
    workItems.push(questionAbout(input, reason, each, question))

  /** True when the rule itself, not the source, gives a linked group another name than it had when it was linked. */
  const isRenamedByRule = ({ byTable }: Wanted, { sourceName, name }: GroupLink) =>
    !byTable &&
    sourceName !== undefined &&
    name !== undefined &&
    foldKey(newNameOf?.(sourceName) ?? '') !== foldKey(name)

  const fill = (each: Wanted, position: number) => {
    const { id, name } = target.groups[position]!
    groups.manage(position, name, { id }, each.ownership).receipts.push({ group: each.group, rule: each.rule })
    const decision = decided.takesName(source.groups[each.group]!.key)
    if (decision !== undefined) spent.push(decision.id)
  }

  const wanted = wantedGroups(input, decided)
  const newcomers: Wanted[] = []
  const moving = new Map<Wanted, number>()
  for (const each of wanted) {
    const from = source.groups[each.group]!
    const link = linkOf.get(`${from.key}\n${each.linkRule}`)
    if (link === undefined) {
      newcomers.push(each)
      continue
    }
    const position = positionOfId.get(link.groupId)
    if (position === undefined) {
      // Not seen in an incomplete read: it may be there, and nothing is made in its place.
      if (target.groupsComplete) ask('group-gone-in-target', each, goneQuestion(link, from.name))
      continue
    }
    const actual = target.groups[position]!
    if (foldKey(actual.name) === foldKey(each.name)) fill(each, position)
    else if (rules.keepLinked || !isRenamedByRule(each, link)) {
      notices.push(
        `"${from.name}" would be called "${each.name}" by its rule; it stays linked to "${actual.name}" (name-differs).`,
      )
      fill(each, position)
    } else {
      moving.set(each, position)
      newcomers.push(each)
    }
  }

  const remembered = new Set<string>()
  for (const { each, conflict } of withConflicts(input, decided, wanted, newcomers, groups.managed)) {
    const from = source.groups[each.group]!
    const obtained = obtain(each, conflict)
    const linkedTo = moving.get(each)
    if (obtained === undefined) {
      // Whatever the new name meets, nobody loses the group they have.
      if (linkedTo !== undefined) fill(each, linkedTo)
      continue
    }
    const { group, isNew } = obtained
    group.receipts.push({ group: each.group, rule: each.rule })
    if (linkedTo !== undefined) {
      const { id, name } = target.groups[linkedTo]!
      moves.push({ from: id, to: group })
      notices.push(
        `The changed rule calls "${from.name}" "${group.name}"; so far it is linked to "${name}". To keep linked groups: groups.keepLinked: true.`,
      )
    }
    // The change that creates or adopts the group for this source group also remembers the link; rows may repeat it.
    const link = `${from.key}\n${each.linkRule}`
    if (!isNew && !remembered.has(link)) groups.changes.push(linkChange(from, group, each.rule))
    remembered.add(link)
  }

  /** The group a newcomer fills from now on; undefined when a person or the target must move first. */
  function obtain(each: Wanted, conflict: Conflict | undefined): Obtained | undefined {
    const from = source.groups[each.group]!
    const invalid = invalidName(each.name, ends.groupNameLimit)
    const alike = groups.rivals(each.name, each.byTable)
    if (invalid !== undefined) ask('group-name-invalid', each, { message: invalid, choices: leaveOut })
    else if (alike.length > 0) ask('target-group-ambiguous', each, alikeQuestion(each.name, alike))
    else if (conflict !== undefined) ask('group-name-conflict', each, conflictQuestion(from.name, each.name, conflict))
    else if (!each.byTable && isBuiltInAdminName(each.name)) {
      const message = `"${from.name}" would become "${each.name}"; use a table row if you mean it`
      ask('group-protected', each, { message, choices: leaveOut })
    } else return groups.obtain(each)
    return undefined
  }

  const defaultGroup = (given: string, rule: 'groups.defaultsForAll' | 'groups.defaultsForNew') => {
    const name = given.trim()
    const invalid = invalidName(name, ends.groupNameLimit)
    const alike = groups.rivals(name, true)
    if (invalid === undefined && alike.length === 0) {
      return groups.obtain({ name, rule, byTable: true, ownership: rules.ownership })?.group
    }
    const reason = invalid === undefined ? 'target-group-ambiguous' : 'group-name-invalid'
    const { message, candidates }: Partial<Asked> =
      invalid === undefined ? alikeQuestion(name, alike) : { message: invalid }
    workItems.push({
      reason,
      subject: `group:${connection.source}:${name}`,
      label: name,
      message: `${message} (${holdReasons[reason]})`,
      ...(candidates === undefined ? {} : { candidates }),
    })
    return undefined
  }
  for (const name of rules.defaultsForAll) {
    const group = defaultGroup(name, 'groups.defaultsForAll')
    if (group !== undefined) group.defaultForAll = true
  }
  for (const name of rules.defaultsForNew) {
    const group = defaultGroup(name, 'groups.defaultsForNew')
    if (group !== undefined) group.defaultForNew = true
  }
  for (const [position, part] of access.groups) {
    const { id, name } = target.groups[position]!
    // Where no other rule fills it, strangers stay, as in every group that is not mapped.
    const ownership = groups.managed.has(id) ? 'all' : rules.ownership === 'mapped' ? 'own' : rules.ownership
    groups.manage(position, name, { id }, ownership).access = part
  }
  const carried = planGroupAccess(input, groups.managed.values())
  return {
    changes: [...groups.changes, ...carried.changes],
    workItems: [...workItems, ...carried.workItems],
    notices,
    managed: [...groups.managed.values()],
    moves,
    left: groups.left,
    inScope: new Set(wanted.map((each) => each.group)).size,
    spent,
  }
}

function linksOf({ memory, connection }: PlanInput): ReadonlyMap<string, GroupLink> {
  return new Map(
    memory.groupLinks
      .filter((link) => link.source === connection.source)
      .map((link) => [`${link.groupKey}\n${link.rule}`, link]),
  )
}

interface Asked {
  readonly message: string
  readonly candidates?: readonly string[]
  readonly choices: readonly Choice[]
}

const leaveOut: readonly Choice[] = [{ decision: 'ignore' }]

/** Opens a work item about a source group under one rule; until somebody decided nothing is done for it. */
function questionAbout(
  { connection, source }: PlanInput,
  reason: HoldReason,
  { group, linkRule }: Pick<Wanted, 'group' | 'linkRule'>,
  { message, candidates, choices }: Asked,
): WorkItem {
  const { key, name } = source.groups[group]!
  const byTable = linkRule === 'byName' ? '' : `:${linkRule}`
  return {
    reason,
    subject: `group:${connection.source}:${key}${byTable}`,
    label: name,
    message: `${message} (${holdReasons[reason]})`,
    ...(candidates === undefined ? {} : { candidates }),
    about: { of: 'group', source: connection.source, key, rule: linkRule },
    choices,
  }
}

/** A sentence about a name the target cannot have. */
function invalidName(name: string, longest: number): string | undefined {
  const length = [...name].length
  if (name.trim() !== '' && length <= longest) return undefined
  return `The name "${name.slice(0, 60)}" has ${length} characters; the target takes 1 to ${longest}`
}

/** At most this many groups are named in a question. */
const alikeNamed = 20

function alikeQuestion(name: string, alike: readonly string[]): Asked {
  return {
    message: `${alike.length} groups of the target are called "${name}" but for letter case`,
    candidates: alike.slice(0, alikeNamed),
    choices: leaveOut,
  }
}

function conflictQuestion(from: string, name: string, { rivals, linked }: Conflict): Asked {
  const join: Choice[] =
    linked !== undefined && 'id' in linked.ref
      ? [{ decision: 'link', objectId: linked.ref.id, label: linked.name }]
      : [{ decision: 'take' }]
  return {
    message: `"${from}" would become "${name}"`,
    candidates: rivals,
    choices: [...join, ...leaveOut],
  }
}

/** Somebody deleted a linked group by hand: never made anew by itself, nor another one of its name taken (D2, D10). */
function goneQuestion({ groupId, name }: GroupLink, from: string): Asked {
  const label = name ?? groupId
  return {
    message: `The group "${label}", which "${from}" fills, is not in the target any more`,
    choices: [
      { decision: 'recreate', objectId: groupId, label },
      { decision: 'forget', objectId: groupId, label },
    ],
  }
}

function linkChange(from: { key: string; name: string }, group: ManagedGroup, rule: string): DraftChange {
  return {
    kind: 'group.link',
    group: group.ref,
    groupLabel: group.name,
    sourceGroup: { key: from.key, label: from.name },
    ...(group.adoption === undefined ? {} : { waitsFor: [group.adoption] }),
    reason: 'group-received',
    rule,
    state: 'ready',
    stateReasons: [],
  }
}
