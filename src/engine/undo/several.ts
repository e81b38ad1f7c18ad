import type { AccessGrants, GroupGrants } from '../../domain/memory.ts'
import { defaultGroupsById } from '../planner/access/access-book.ts'
import { accessKey } from '../planner/access/holders.ts'
import { type Done, foldRuns } from './folding.ts'
import type { UndoDraft, UndoInput } from './input.ts'
import { makeUndo } from './undo.ts'

/** A run that is taken back with others, and what we vouched for until it ended that. */
export interface EndingRun {
  readonly number: number
  readonly grants: readonly GroupGrants[]
  readonly access: readonly AccessGrants[]
}

type Given = Pick<UndoInput, 'connection' | 'target' | 'memory' | 'others' | 'ends' | 'keptBy'>

/**
 * What takes back several runs of a connection in one plan, as if they had been one: `done` is what they did, `what` says it
 * in words, `leftOut` what of it cannot be taken back from here. Pure.
 */
export function makeUndoOfRuns(
  given: Given,
  runs: readonly EndingRun[],
  done: readonly Done[],
  told: { readonly what: string; readonly leftOut: readonly string[] },
): UndoDraft {
  const ended = new Set(
    runs.flatMap(({ number, grants, access }) => [
      ...grants.flatMap((row) => row.accountIds.map((accountId) => endingOf(number, row.groupId, accountId))),
      ...access.flatMap((row) => row.accountIds.map((accountId) => endingOf(number, accessKey(row), accountId))),
    ]),
  )
  const defaults = defaultGroupsById(given)
  const { net, firstRun } = foldRuns(done, {
    wasEnded: (run, what, accountId) => ended.has(endingOf(run, what, accountId)),
    comesWith: (groupId) => defaults.get(groupId) ?? [],
  })
  // Only what the first of them to touch it ended stood before all of them.
  const stoodBefore = <Row extends GroupGrants | AccessGrants>(run: number, what: string, row: Row): Row => ({
    ...row,
    accountIds: row.accountIds.filter((accountId) => firstRun(what, accountId) === run),
  })
  return makeUndo({
    ...given,
    run: { number: runs.at(-1)?.number ?? 0 },
    records: net.map(({ record }) => record),
    several: { ...told, runOf: new Map(net.map(({ record, run }) => [record, run])) },
    grantsEnded: runs.flatMap(({ number, grants }) => grants.map((row) => stoodBefore(number, row.groupId, row))),
    accessEnded: runs.flatMap(({ number, access }) => access.map((row) => stoodBefore(number, accessKey(row), row))),
    unanswered: 0,
  })
}

function endingOf(run: number, what: string, accountId: string): string {
  return `${run}\n${what}\n${accountId}`
}
