import { fail } from '../../../domain/errors.ts'
import type { MemberRef } from '../../../domain/identity.ts'
import { provenPages } from '../../kit/paging.ts'
import { forEachOf } from '../../kit/waiting.ts'
import type { Entry } from './pages.ts'
import { path, valuesAt } from './path.ts'
import type { Memberships, Recipe } from './recipe.ts'
import type { RestServer } from './server.ts'
import { asMember, idAt } from './translate.ts'

type Rule<Type extends Memberships['type']> = Extract<Memberships, { type: Type }>

/** Members by what their group is called there: its id, or its name. */
export class MembershipIndex {
  readonly #members = new Map<string, MemberRef[]>()

  add(group: string, member: MemberRef): void {
    const members = this.#members.get(group)
    if (members === undefined) this.#members.set(group, [member])
    else members.push(member)
  }

  of(group: string): readonly MemberRef[] {
    return this.#members.get(group) ?? []
  }

  groups(): readonly string[] {
    return [...this.#members.keys()]
  }
}

/** The groups that a person says to be in. Throws `incomplete-read` where nothing is said and that is not nothing. */
export function groupsOfPerson(value: unknown, id: string, rule: Rule<'fromUser'>): readonly string[] {
  const entries = listAt(value, rule, `the person ${id}`)
  return entries.flatMap((each, position) => {
    // A blank text is as much as nothing; an entry that does not say its group is a membership nobody knows.
    if (each === '' && rule.absent === 'none') return []
    return idAt(each, rule.idPath, `the groups of the person ${id}`, position)
  })
}

/** The members that a group tells. Throws `incomplete-read` where nothing is said and that is not nothing. */
export function membersOfGroup(value: unknown, id: string, rule: Rule<'fromGroup'>): readonly MemberRef[] {
  return listAt(value, rule, `the group ${id}`).map((each, position) => asMember(each, rule, position))
}

function listAt(value: unknown, rule: Rule<'fromUser'> | Rule<'fromGroup'>, who: string): readonly unknown[] {
  const found = valuesAt(value, path(rule.path)).filter((each) => each !== null)
  if (found.length > 0) return found.flatMap((each) => (Array.isArray(each) ? each : [each]))
  if (rule.absent === 'none') return []
  throw fail.incompleteRead(
    `There is nothing at ${rule.path} of ${who}: whether that means no membership is not known.`,
    {
      hint: 'Correct memberships.path, or set memberships.absent: none if the API leaves out empty lists.',
    },
  )
}

/** A list of pairs, read to its end. */
export async function indexFromList(
  server: RestServer,
  rule: Rule<'list'>,
  signal: AbortSignal,
): Promise<MembershipIndex> {
  const index = new MembershipIndex()
  const pair = (value: unknown, position: number) =>
    [rule.groupIdPath, rule.userIdPath].map((at) => idAt(value, at, 'memberships', position))
  const sweep = () =>
    server.sweep('Listing memberships', rule, (value, position) => JSON.stringify(pair(value, position)), signal)
  for await (const { items } of provenPages('The list of memberships', (entry: Entry) => entry.id, sweep)) {
    for (const { id } of items) {
      const [group = '', key = ''] = JSON.parse(id) as string[]
      index.add(group, { kind: 'user', key })
    }
  }
  return index
}

/** The groups of everybody, one person after the other. */
export async function indexFromPeople(
  server: RestServer,
  rule: Rule<'perUser'>,
  people: readonly string[],
  atOnce: number,
  signal: AbortSignal,
): Promise<MembershipIndex> {
  const index = new MembershipIndex()
  await forEachOf(people, atOnce, async (key) => {
    const idOf = (value: unknown, position: number) => idAt(value, rule.idPath, `the groups of ${key}`, position)
    const sweep = () => server.sweep('Listing the groups of a person', rule, idOf, signal, key)
    for await (const { items } of provenPages(`The list of groups of ${key}`, (entry: Entry) => entry.id, sweep)) {
      for (const { id } of items) index.add(id, { kind: 'user', key })
    }
  })
  return index
}

/** Groups that nobody lists but people name. */
export function inventsGroups({ groups, memberships }: Recipe): boolean {
  return groups === undefined && memberships?.type === 'fromUser'
}
