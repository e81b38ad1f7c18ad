import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { planCells, planHead } from '../../contract/change-cells.ts'
import type { PlanView } from '../../contract/plans.ts'
import type { HoldReason } from '../../domain/reason.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Download } from '../parts/download.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { NoMatch } from '../parts/no-match.tsx'
import { t } from '../words/t.ts'
import { ChangeList } from './change-list.tsx'
import { FacetList } from './facet-list.tsx'
import { countIn, type PlanFilter, planFilter } from './filter.ts'
import { GuardPanel } from './guard-panel.tsx'
import { changesOf, changesQuery, facetsQuery } from './queries.ts'

export interface PlanViewProps {
  readonly plan: PlanView
  readonly filter: PlanFilter
  readonly setFilter: (change: (before: PlanFilter) => PlanFilter) => void
}

type Release = { readonly guards: readonly [HoldReason, ...HoldReason[]]; readonly count: number } | 'selected'

/** Guards, notices and every change of a plan. */
export function PlanChanges({ plan, filter, setFilter }: PlanViewProps) {
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const [release, setRelease] = useState<Release>()
  const mayRelease =
    useMay('approver', plan.connection) && !['superseded', 'cancelled', 'applying', 'planning'].includes(plan.run.state)
  const facets = useQuery({ ...facetsQuery(plan.id, filter.text), placeholderData: keepPreviousData })
  const changes = useInfiniteQuery({ ...changesQuery(plan.id, filter), placeholderData: keepPreviousData })
  const queries = useQueryClient()
  const counted = facets.data?.items ?? []
  const choose = useCallback(
    (part: Record<string, string | undefined>) => setFilter((before) => planFilter({ ...before, ...part })),
    [setFilter],
  )
  const select = (seq: number) =>
    setSelected((before) => {
      const after = new Set(before)
      if (!after.delete(seq)) after.add(seq)
      return after
    })
  const letGo = async () => {
    const [first, ...more] = [...selected]
    if (release === undefined || (release === 'selected' && first === undefined)) return
    await api.plans.approve({
      params: { plan: plan.id },
      body: {
        fingerprint: plan.fingerprint,
        release: release === 'selected' ? { seqs: [first!, ...more] } : { guards: [...release.guards] },
      },
    })
    setSelected(new Set())
    await Promise.all(['plan', 'run', 'waiting'].map((key) => queries.invalidateQueries({ queryKey: [key] })))
  }
  const total = counted.reduce((sum, { count }) => sum + count, 0)
  const count = release === 'selected' ? selected.size : (release?.count ?? 0)
  return (
    <>
      {plan.guards.length > 0 && (
        <GuardPanel
          guards={plan.guards}
          facets={counted}
          show={(guard) =>
            choose({ hold: guard, kind: undefined, state: undefined, reason: undefined, outcome: undefined })
          }
          release={mayRelease ? (guard, held) => setRelease({ guards: [guard], count: held }) : undefined}
        />
      )}
      {plan.summary.notices.length > 0 && (
        <details className="panel">
          <summary>
            <h2>{t('plan.notices')}</h2>
            <span className="subtle num">{plan.summary.notices.length}</span>
          </summary>
          <ul>
            {plan.summary.notices.map((notice) => (
              <li key={notice}>{notice}</li>
            ))}
          </ul>
        </details>
      )}
      {plan.summary.total > 0 && (
        <div className="plan">
          <FacetList facets={counted} filter={filter} choose={choose} />
          <div className="stack-tight" style={{ minWidth: 0 }}>
            <div className="row" style={{ minHeight: 36 }}>
              <h2 style={{ margin: 0, fontSize: 16 }}>{t('plan.changes')}</h2>
              <span className="subtle" aria-live="polite">
                {t('plan.count', { shown: countIn(counted, filter), total: Math.max(total, countIn(counted, filter)) })}
              </span>
              <span className="grow" />
              <Download
                name={`muster-plan-${plan.run.number}`}
                ask={(part, signal) => changesOf(plan.id, filter, part, signal)}
                head={planHead}
                cells={(change) => planCells(change, plan.fingerprint)}
              />
              {selected.size > 0 && (
                <Button onClick={() => setRelease('selected')}>
                  {t('plan.releaseSelected', { count: selected.size })}
                </Button>
              )}
            </div>
            <Loaded
              query={changes}
              isEmpty={({ pages }) => pages[0]?.items.length === 0}
              empty={<NoMatch title={t('plan.filteredEmpty')} clear={() => setFilter(() => ({}))} />}
            >
              {() => (
                <ChangeList
                  query={changes}
                  facets={counted}
                  filter={filter}
                  selected={selected}
                  select={mayRelease ? select : undefined}
                />
              )}
            </Loaded>
          </div>
        </div>
      )}
      <Confirm
        opened={release !== undefined}
        title={t('plan.of', { number: plan.run.number })}
        action={release === 'selected' ? t('plan.releaseSelected', { count }) : t('plan.guard.release', { count })}
        close={() => setRelease(undefined)}
        act={letGo}
      >
        {t(release === 'selected' ? 'plan.releaseSelectedLead' : 'plan.guard.releaseLead')}
      </Confirm>
    </>
  )
}
