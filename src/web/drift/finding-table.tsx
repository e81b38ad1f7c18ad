import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DriftView } from '../../contract/drift.ts'
import { api } from '../api.ts'
import { ChooseAll, ChooseOne } from '../decisions/choose.tsx'
import { useChosen } from '../decisions/chosen.ts'
import { DecideBar } from '../decisions/decide-bar.tsx'
import { Standing } from '../decisions/standing.tsx'
import { useMay } from '../parts/me.ts'
import { When } from '../parts/when.tsx'
import { RunLink } from '../runs/run-link.tsx'
import { t } from '../words/t.ts'

export interface FindingTableProps {
  readonly connection: string
  readonly found: readonly DriftView[]
}

/** Differences, each with what the next plan makes of it, and what is decided about it. */
export function FindingTable({ connection, found }: FindingTableProps) {
  const queries = useQueryClient()
  const mayDecide = useMay('approver', connection)
  const choice = useChosen(
    found.map((each) => ({ id: each.id, label: labelOf(each), possible: each.possible.filter(isOfDrift) })),
  )
  const decide = async (decision: Verdict, findings: string[], comment: { readonly comment?: string }) => {
    const params = { key: connection }
    const { sentences } = await api.drift.decide({ params, body: { decision, findings, ...comment } })
    choice.none()
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['drift', connection] }),
      queries.invalidateQueries({ queryKey: ['work'] }),
    ])
    return sentences
  }
  return (
    <>
      {mayDecide && <DecideBar chosen={choice.chosen} decide={decide} />}
      <div className="table-wrap">
        <table className="table" aria-label={t('drift.title')}>
          <thead>
            <tr>
              {mayDecide && <ChooseAll choice={choice} />}
              <th>{t('drift.who')}</th>
              <th>{t('drift.what')}</th>
              <th>{t('decide.state')}</th>
            </tr>
          </thead>
          <tbody className="in-text">
            {found.map((each) => (
              <tr key={each.id}>
                {mayDecide && <ChooseOne choice={choice} id={each.id} />}
                <Finding finding={each} />
                <td className="decided">
                  {each.decided === undefined ? (
                    <span className="subtle">{t('decide.open')}</span>
                  ) : (
                    <Standing connection={connection} label={labelOf(each)} decided={each.decided} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Finding({ finding }: { readonly finding: DriftView }) {
  const { kind, found, next, account, group, attribute, left, seenSince, seenByRun } = finding
  const now = nowText(finding)
  const place = group?.name ?? attribute
  return (
    <>
      <td className="break who">
        {account !== undefined && (
          <Link to="/people/one" search={{ person: account.id }}>
            {account.label}
          </Link>
        )}
        {place !== undefined && <div>{place}</div>}
      </td>
      <td>
        <strong>{t(`drift.kind.${kind}`)}</strong>: {found}
        {now !== undefined && (
          <div className="break">
            {t('drift.now', { now })}
            {left !== undefined && `; ${t('drift.left', { left })}`}
          </div>
        )}
        <div className="subtle small">{t('drift.next', { what: next })}</div>
        <div className="subtle small">
          {t('drift.since')} {seenSince === undefined ? t('drift.thisLook') : <When at={seenSince} short />}
          {seenByRun !== undefined && (
            <>
              , <RunLink run={seenByRun} />
            </>
          )}
        </div>
      </td>
    </>
  )
}

/** What is there now, as far as the difference is one of a value. */
export function nowText({ now }: DriftView): string | undefined {
  if (now === undefined) return undefined
  if (now === null || now.length === 0) return t('drift.nowEmpty')
  return typeof now === 'string' ? now : now.join(', ')
}

/** `Account suspended: ann`, `Membership by others: ann, developers` */
function labelOf({ kind, account, group, attribute }: DriftView): string {
  const parts = [account?.label, group?.name, attribute].filter((part) => part !== undefined)
  return `${t(`drift.kind.${kind}`)}: ${parts.join(', ')}`
}

type Verdict = 'keep' | 'adopt' | 'revert'
type Possible = DriftView['possible'][number]

function isOfDrift(each: Possible): each is Possible & { readonly decision: Verdict } {
  return each.decision === 'keep' || each.decision === 'adopt' || each.decision === 'revert'
}
