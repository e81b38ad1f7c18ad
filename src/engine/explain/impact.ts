import { type Change, type ChangeKind, changeKinds } from '../../domain/change.ts'

/** What other rules make of a plan, counted by people; somebody without a record at the source counts by the account. */
export interface Impact {
  /** For whom a run would do anything. */
  readonly people: number
  /** For whom it would do something else than it would do under the rules of now. */
  readonly different: number
  /** Of these, who would lose something that they would keep now. */
  readonly losing: number
  /** Some of those for whom it is different, first those who lose. */
  readonly examples: readonly ImpactExample[]
}

export interface ImpactExample {
  readonly label: string
  readonly more: readonly string[]
  readonly fewer: readonly string[]
}

/** Everything planned for one person, by what it does: states and reasons are left out, because guards judge the whole. */
interface Planned {
  readonly label: string
  readonly effects: Map<string, ChangeKind>
}

/** Kinds that take something from a person, or would have given it: what is missing then is a loss, too. */
const isLoss = (kind: ChangeKind) => changeKinds[kind].sign === '-'

/** Holds two plans of the same reads against each other. Pure. */
export function impactOf(now: readonly Change[], then: readonly Change[], examples: number): Impact {
  const [before, after] = [byPerson(now), byPerson(then)]
  const told: (ImpactExample & { readonly loses: boolean })[] = []
  for (const subject of new Set([...after.keys(), ...before.keys()])) {
    const [was, is] = [before.get(subject), after.get(subject)]
    const more = [...(is?.effects ?? [])].filter(([effect]) => was?.effects.has(effect) !== true)
    const fewer = [...(was?.effects ?? [])].filter(([effect]) => is?.effects.has(effect) !== true)
    if (more.length + fewer.length === 0) continue
    told.push({
      label: is?.label ?? was?.label ?? subject,
      more: more.map(([effect]) => effect),
      fewer: fewer.map(([effect]) => effect),
      loses: more.some(([, kind]) => isLoss(kind)),
    })
  }
  const losing = told.filter(({ loses }) => loses)
  return {
    people: after.size,
    different: told.length,
    losing: losing.length,
    examples: [...losing, ...told.filter(({ loses }) => !loses)]
      .slice(0, examples)
      .map(({ loses: _, ...example }) => example),
  }
}

function byPerson(changes: readonly Change[]): ReadonlyMap<string, Planned> {
  const personOf = new Map<string, string>()
  for (const { seq, account, person } of changes) {
    if (person === undefined) continue
    personOf.set(account !== undefined && 'id' in account ? `account ${account.id}` : `made by ${seq}`, person.key)
  }
  const found = new Map<string, Planned>()
  for (const change of changes) {
    const subject = subjectOf(change, personOf)
    if (subject === undefined) continue
    const planned = found.get(subject) ?? {
      label: change.person?.label ?? change.accountLabel ?? subject,
      effects: new Map<string, ChangeKind>(),
    }
    planned.effects.set(effectOf(change), change.kind)
    found.set(subject, planned)
  }
  return found
}

/** Undefined for what is about a group alone. */
function subjectOf({ account, person }: Change, personOf: ReadonlyMap<string, string>): string | undefined {
  if (person !== undefined) return `person ${person.key}`
  if (account === undefined) return undefined
  const name = 'id' in account ? `account ${account.id}` : `made by ${account.createdBy}`
  const key = personOf.get(name)
  return key === undefined ? name : `person ${key}`
}

function effectOf({ kind, groupLabel, access, after, lead }: Change): string {
  const about = groupLabel ?? access?.product ?? lead?.name ?? ''
  const values = after === undefined ? '' : JSON.stringify(after)
  return [changeKinds[kind].sign, changeKinds[kind].text, about, values].filter((each) => each !== '').join(' ')
}
