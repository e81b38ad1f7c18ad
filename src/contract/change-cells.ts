import { accessText } from '../domain/access.ts'
import type { ChangeView } from './plans.ts'

/** What both the export of a plan and the report say about a change, in the same order. */
export const changeHead = [
  ...['kind', 'person', 'source key', 'account', 'account id', 'group', 'access', 'before', 'after'],
  ...['reason', 'because', 'rule', 'state', 'outcome', 'verified at', 'message'],
]

export function changeCells(change: ChangeView): (string | undefined)[] {
  const { person, account, access, before, after } = change
  return [
    change.kind,
    person?.label,
    person?.key,
    change.accountLabel,
    account !== undefined && 'id' in account ? account.id : change.createdId,
    change.groupLabel,
    access === undefined ? undefined : accessText(access),
    before === undefined ? undefined : JSON.stringify(before),
    after === undefined ? undefined : JSON.stringify(after),
    change.reason,
    change.sentence,
    change.rule,
    change.state,
    change.outcome,
    change.verifiedAt,
    change.message,
  ]
}

/** Head of the export of a plan, the same from the command line and the console. */
export const planHead = ['number', ...changeHead, 'held by', 'needs', 'fingerprint']

/** One change of an exported plan; each row names the fingerprint, to be laid beside what was approved. */
export function planCells(change: ChangeView, fingerprint: string): (string | undefined)[] {
  return [
    String(change.seq),
    ...changeCells(change),
    change.stateReasons.map(({ reason }) => reason).join(' '),
    change.needs.join(' '),
    fingerprint,
  ]
}
