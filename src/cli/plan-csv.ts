import type { CallOptions, Client } from '../contract/client.ts'
import type { ChangeView, PlanView } from '../contract/plans.ts'
import { accessText } from '../domain/access.ts'
import { csvLine } from '../platform/csv.ts'
import type { Output } from './output.ts'
import { type ChangeFilter, changePages } from './plan-changes.ts'

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

/** Writes the changes that fit as a CSV file, page by page; each row names the fingerprint of the plan. */
export async function writePlanCsv(
  to: { readonly client: Client; readonly call: CallOptions; readonly output: Output },
  plan: PlanView,
  filter: ChangeFilter,
  limit: number,
): Promise<void> {
  const { stdout } = to.output
  stdout.write(csvLine(['number', ...changeHead, 'held by', 'needs', 'fingerprint']))
  for await (const changes of changePages({ ...to, plan, filter }, limit)) {
    const lines = changes.map((change) =>
      csvLine([
        String(change.seq),
        ...changeCells(change),
        change.stateReasons.map(({ reason }) => reason).join(' '),
        change.needs.join(' '),
        plan.fingerprint,
      ]),
    )
    stdout.write(lines.join(''))
  }
}
