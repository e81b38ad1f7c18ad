import { scimFault } from '../error.ts'
import type { Filter } from '../filter/bind.ts'
import { matches } from '../filter/evaluate.ts'
import { isArray, isObject, type Json, own } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import { canonicalElement, type Notice } from '../value.ts'
import type { Edit } from './edit.ts'

/** Who is in a group; the id alone says who it is (RFC 7643 section 2.4). */
export interface Member {
  readonly value: string
  /** What the client says it is; the store knows better where it knows the id. */
  readonly type?: 'User' | 'Group'
}

/**
 * One step on the members of a group. A store carries the steps out in order, with sets and never with the whole list
 * (law P17): the work depends on who is named, not on how large the group is.
 */
export type MemberStep =
  | { readonly kind: 'change'; readonly add: readonly Member[]; readonly remove: readonly string[] }
  /** These and nobody else. */
  | { readonly kind: 'replace'; readonly members: readonly Member[] }
  /** Everybody the filter selects leaves; its references are sub-attributes of `members`. */
  | { readonly kind: 'removeWhere'; readonly filter: Filter }

/** The steps of all edits of `members`, neighbours joined to one. Throws 400. */
export function memberSteps(edits: readonly Edit[], notice: Notice): readonly MemberStep[] {
  const steps: MemberStep[] = []
  let net: NetChange | undefined
  const close = () => {
    if (net !== undefined && !net.isEmpty) steps.push(net.step())
    net = undefined
  }
  for (const edit of edits) {
    const step = stepOf(edit, notice)
    if (step === undefined) continue
    if (step.kind === 'removeWhere') {
      close()
      steps.push(step)
      continue
    }
    // What was said before is overruled by a list that says all.
    if (step.kind === 'replace') steps.length = 0
    if (net === undefined || step.kind === 'replace') net = new NetChange(step.kind === 'replace')
    if (step.kind === 'change') for (const id of step.remove) net.remove(id)
    for (const member of step.kind === 'replace' ? step.members : step.add) net.add(member)
  }
  close()
  return steps
}

/** Additions and removals folded to what they come to in the end. */
class NetChange {
  readonly #isWhole: boolean
  readonly #added = new Map<string, Member>()
  readonly #removed = new Set<string>()

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole
  }

  get isEmpty(): boolean {
    return !this.#isWhole && this.#added.size === 0 && this.#removed.size === 0
  }

  add(member: Member): void {
    this.#removed.delete(member.value)
    if (member.type !== undefined || !this.#added.has(member.value)) this.#added.set(member.value, member)
  }

  remove(id: string): void {
    this.#added.delete(id)
    if (!this.#isWhole) this.#removed.add(id)
  }

  step(): MemberStep {
    const members = [...this.#added.values()]
    if (this.#isWhole) return { kind: 'replace', members }
    return { kind: 'change', add: members, remove: [...this.#removed] }
  }
}

function stepOf(edit: Edit, notice: Notice): MemberStep | undefined {
  const { op, ref, selection, where } = edit
  const { attribute, sub } = ref
  const isAssigned = op !== 'remove' && edit.value !== undefined && edit.value !== null
  if (sub !== undefined && sub.name !== 'value') {
    // `display` and `type` of a member are known from the member itself.
    notice(`${attribute.name}.${sub.name} follows from the member and was passed over (${where}).`)
    return undefined
  }
  if (selection === undefined) {
    if (sub !== undefined && op !== 'add') {
      throw scimFault.noTarget(`${where} should say which members are meant: members[value eq "…"].`)
    }
    if (op === 'add') return isAssigned ? added(membersOf(attribute, edit.value, notice)) : undefined
    if (op === 'replace') return { kind: 'replace', members: membersOf(attribute, edit.value, notice) }
    // With a list only those leave; with neither list nor bracket everybody does (scim.md 1, rule 4).
    if (edit.value === undefined || edit.value === null) return { kind: 'replace', members: [] }
    return removed(idsOf(edit.value, where))
  }
  const chosen = chosenIds(selection.filter)
  if (!isAssigned) {
    return chosen === undefined ? { kind: 'removeWhere', filter: selection.filter } : removed(chosen)
  }
  const named = sub === undefined ? membersOf(attribute, edit.value, notice, selection.terms) : []
  if (chosen === undefined || sub !== undefined) {
    throw scimFault.mutability(`The id of a member cannot be changed; remove one and add the other (${where}).`)
  }
  if (op === 'add') return added([...named])
  return { kind: 'change', add: named, remove: chosen.filter((id) => !named.some(({ value }) => value === id)) }
}

const added = (add: readonly Member[]): MemberStep => ({ kind: 'change', add, remove: [] })
const removed = (remove: readonly string[]): MemberStep => ({ kind: 'change', add: [], remove })

/** The members a value lists: objects, bare ids, one or several. Each once. Throws 400 invalidValue. */
function membersOf(
  attribute: Attribute,
  value: Json | undefined,
  notice: Notice,
  terms: { readonly [name: string]: Json } = {},
): readonly Member[] {
  if (value === undefined || value === null) return []
  const members = new Map<string, Member>()
  for (const given of isArray(value) ? value : [value]) {
    const element = canonicalElement(attribute, isObject(given) ? { ...terms, ...given } : given, notice)
    const id = isObject(element) ? own(element, 'value') : undefined
    if (typeof id !== 'string' || id === '') throw scimFault.invalidValue('A member has no value.')
    const type = isObject(element) ? typeOf(own(element, 'type')) : undefined
    const known = members.get(id)
    if (known?.type === undefined) members.set(id, type === undefined ? { value: id } : { value: id, type })
  }
  return [...members.values()]
}

/** `user`, `User`, `direct`: only a group is told apart. */
function typeOf(type: Json | undefined): Member['type'] {
  const text = typeof type === 'string' ? type.toLowerCase() : ''
  return text === 'group' ? 'Group' : text === 'user' ? 'User' : undefined
}

function idsOf(value: Json, where: string): readonly string[] {
  return (isArray(value) ? value : [value]).map((each) => {
    const id = isObject(each) ? own(each, 'value') : each
    if (typeof id === 'string' && id !== '') return id
    throw scimFault.invalidValue(`A member to remove has no value (${where}).`)
  })
}

/** The ids of `value eq "a" or value eq "b"`; undefined when the filter says anything else. */
function chosenIds(filter: Filter): readonly string[] | undefined {
  if (filter.kind === 'compare') {
    const { ref, operator, literal } = filter
    return ref.attribute.name === 'value' && operator === 'eq' ? [String(literal)] : undefined
  }
  if (filter.kind !== 'or') return undefined
  const ids = filter.operands.map(chosenIds)
  return ids.every((each) => each !== undefined) ? ids.flat() : undefined
}

/** The steps carried out on a list in memory: what a store must come to. */
export function applyMemberSteps(members: readonly Member[], steps: readonly MemberStep[]): readonly Member[] {
  const present = new Map(members.map((member) => [member.value, member]))
  for (const step of steps) {
    if (step.kind === 'removeWhere') {
      for (const member of [...present.values()]) {
        if (matches(step.filter, { ...member })) present.delete(member.value)
      }
      continue
    }
    if (step.kind === 'replace') {
      const wanted = new Map(step.members.map((member) => [member.value, member]))
      for (const id of [...present.keys()]) if (!wanted.has(id)) present.delete(id)
      for (const [id, member] of wanted) if (!present.has(id)) present.set(id, member)
      continue
    }
    for (const id of step.remove) present.delete(id)
    for (const member of step.add) if (!present.has(member.value)) present.set(member.value, member)
  }
  return [...present.values()]
}
