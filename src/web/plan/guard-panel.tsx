import { Button } from '@mantine/core'
import type { PlanView } from '../../contract/plans.ts'
import { type HoldReason, isGuardReason } from '../../domain/reason.ts'
import { Lozenge } from '../parts/lozenge.tsx'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { countIn, type Facet } from './filter.ts'

export interface GuardPanelProps {
  readonly guards: PlanView['guards']
  readonly facets: readonly Facet[]
  /** Absent where nothing can be released any more, or not by this person. */
  readonly release: ((guard: HoldReason, count: number) => void) | undefined
  readonly show: (guard: HoldReason) => void
}

/** Every limit and proof: what was measured, the limit, what it holds. Tripped ones first. */
export function GuardPanel({ guards, facets, release, show }: GuardPanelProps) {
  const sorted = [...guards].sort((left, right) => Number(right.tripped) - Number(left.tripped))
  return (
    <details open={guards.some(({ tripped }) => tripped)} className="panel">
      <summary>
        <h2>{t('plan.guards')}</h2>
        {guards.every(({ tripped }) => !tripped) && <span className="subtle">{t('plan.guardsPass')}</span>}
      </summary>
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th>{t('plan.guard.name')}</th>
              <th className="right">{t('plan.guard.measured')}</th>
              <th className="right">{t('plan.guard.limit')}</th>
              <th>{t('plan.guard.result')}</th>
              <th aria-label={t('plan.guard.review')} />
            </tr>
          </thead>
          <tbody>
            {sorted.map(({ guard, about, measured, limit, tripped, holds, sentence, details = [] }) => {
              const held = countIn(facets, { hold: guard, state: 'held', outcome: 'open' })
              return (
                <tr key={`${guard}${about ?? ''}`}>
                  <td>
                    {sentence}
                    {details.length > 0 && (
                      <ul className="subtle" style={{ margin: 0, paddingLeft: 20 }}>
                        {details.map((detail) => (
                          <li key={detail}>{detail}</li>
                        ))}
                      </ul>
                    )}
                  </td>
                  <td className="right num">{holds === 'plan' ? '' : shownNumber(measured)}</td>
                  <td className="right num">{holds === 'plan' ? '' : shownNumber(limit)}</td>
                  <td className="nowrap">
                    <Lozenge tone={tripped ? 'warning' : 'success'}>
                      {t(tripped ? `plan.guard.holds.${holds}` : 'plan.guard.passes')}
                    </Lozenge>
                  </td>
                  <td>
                    {tripped && held > 0 && (
                      <div className="row" style={{ flexWrap: 'nowrap' }}>
                        <Button size="compact-sm" variant="subtle" onClick={() => show(guard)}>
                          {t('plan.guard.review')}
                        </Button>
                        {release !== undefined && isGuardReason(guard) && (
                          <Button size="compact-sm" variant="default" onClick={() => release(guard, held)}>
                            {t('plan.guard.release', { count: held })}
                          </Button>
                        )}
                      </div>
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </details>
  )
}
