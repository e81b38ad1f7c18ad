import type { TargetRef } from '../../domain/change.ts'
import { fail } from '../../domain/errors.ts'
import { foldKey } from '../../domain/identity.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import type { Run } from '../../domain/run.ts'

/** What of a run is to be taken back: these changes, or everything that was done to one person. */
export type UndoSelection = { readonly seqs: readonly number[] } | { readonly person: string }

/** Numbers told of a selection that does not fit. */
const toldAtMost = 10

/**
 * The chosen ones among the changes that came true. An object that another change of the run created is named by its id, so
 * that a change can be judged without the one it needed. Throws `not-found` when nothing fits or a number does
 * not, `conflict` for a name of several people.
 */
export function chosenOf(
  records: readonly ChangeRecord[],
  selection: UndoSelection,
  { number }: Pick<Run, 'number'>,
): readonly ChangeRecord[] {
  const told = { what: `Run ${number}`, hint: `What it did: muster runs ${number} --all` }
  if ('person' in selection) return chosenPerson(withIds(records), (record) => record, selection.person, told)
  const chosen = records.filter(withNumber(selection.seqs))
  refuseMissing(chosen, selection.seqs, told)
  const ids = new Map(withIds(records).map((record) => [record.seq, record]))
  return chosen.map((record) => ids.get(record.seq) ?? record)
}

/** The changes of one run, each object named by its id, also one that another of them created. */
export function withIds(records: readonly ChangeRecord[]): readonly ChangeRecord[] {
  const made = new Map(records.map((record) => [record.seq, record.createdId]))
  const byId = (ref: TargetRef | undefined): TargetRef | undefined => {
    const id = ref === undefined || 'id' in ref ? undefined : made.get(ref.createdBy)
    return id === undefined ? ref : { id }
  }
  return records.map((record) => {
    const [account, group] = [byId(record.account), byId(record.group)]
    return { ...record, ...(account === undefined ? {} : { account }), ...(group === undefined ? {} : { group }) }
  })
}

/** What is told of a choice that does not fit. */
interface Told {
  /** `Run 12`. */
  readonly what: string
  readonly hint: string
}

/** The changes about one person. Throws `not-found` when there are none, `conflict` for a name of several people. */
export function chosenPerson<Item>(
  items: readonly Item[],
  recordOf: (item: Item) => ChangeRecord,
  name: string,
  { what, hint }: Told,
): readonly Item[] {
  const isTheirs = aboutPerson(name)
  const chosen = items.filter((item) => isTheirs(recordOf(item)))
  const keys = [...new Set(chosen.flatMap((item) => recordOf(item).person?.key ?? []))]
  if (keys.length > 1) {
    throw fail.conflict(
      `${what} did something to ${keys.length} people called "${name}": ${keys.slice(0, toldAtMost).join(', ')}${keys.length > toldAtMost ? ' and more' : ''}.`,
      { hint: `Give one of these keys, an address, or numbers of changes. ${hint}` },
    )
  }
  if (chosen.length > 0) return chosen
  throw fail.notFound(`${what} did nothing to "${name}".`, {
    hint: `Give the whole name, address, key or id. ${hint}`,
  })
}

function withNumber(seqs: readonly number[]): (record: ChangeRecord) => boolean {
  const wanted = new Set(seqs)
  return ({ seq }) => wanted.has(seq)
}

/** By whole names only: a part of a name could mean somebody else as well. */
function aboutPerson(name: string): (record: ChangeRecord) => boolean {
  const folded = foldKey(name)
  // What has no name fits no name, also not one of blanks alone.
  const isName = (label = '') => folded !== '' && namesIn(label).some((each) => foldKey(each) === folded)
  return ({ person, account, accountLabel, createdId, kind }) =>
    person?.key === name ||
    isName(person?.label) ||
    isName(accountLabel) ||
    (account !== undefined && 'id' in account && account.id === name) ||
    (kind === 'account.create' && createdId === name)
}

/** A label as it stands, and where it is `name <address>` each of the two. */
function namesIn(label: string): readonly string[] {
  const both = /^(.*) <([^<>]*)>$/.exec(label)
  return both === null ? [label] : [label, both[1] ?? '', both[2] ?? '']
}

function refuseMissing(chosen: readonly ChangeRecord[], seqs: readonly number[], { what, hint }: Told): void {
  const found = new Set(chosen.map(({ seq }) => seq))
  const missing = seqs.filter((seq) => !found.has(seq))
  if (missing.length === 0) return
  const told = missing.slice(0, toldAtMost).join(', ')
  throw fail.notFound(
    `${what} did not carry out ${missing.length === 1 ? 'change' : 'changes'} ${told}${missing.length > toldAtMost ? ' and more' : ''}; there is nothing to take back.`,
    { hint },
  )
}
