import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { CheckReport } from '../../contract/ends.ts'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Lozenge, type Tone } from '../parts/lozenge.tsx'
import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'
import type { Noun } from './queries.ts'

const tones: Readonly<Record<CheckReport['steps'][number]['status'], Tone>> = {
  ok: 'success',
  warning: 'warning',
  failed: 'danger',
  skipped: 'neutral',
}

/** The doctor: every step with its result and what to do. `passed` hears whether the last look was good. */
export function Doctor({
  noun,
  endKey,
  passed,
  atOnce = false,
}: {
  readonly noun: Noun
  readonly endKey: string
  readonly passed?: (ok: boolean) => void
  /** Looks without being asked to, because somebody just saved and said so. */
  readonly atOnce?: boolean
}) {
  const queries = useQueryClient()
  const check = useMutation({
    mutationFn: () => api[noun].check({ params: { key: endKey } }),
    onSuccess: async ({ ok }) => {
      passed?.(ok)
      await queries.invalidateQueries({ queryKey: [noun] })
    },
  })
  const { mutate } = check
  const root = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!atOnce) return
    mutate()
    root.current?.focus({ preventScroll: true })
  }, [atOnce, mutate])
  const report = check.data
  return (
    <section ref={root} tabIndex={-1} className="stack-tight" aria-label={t('end.doctor')}>
      <div className="row">
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          {t('end.doctor')}
        </Button>
        <span className="subtle" aria-live="polite">
          {check.isPending ? t('end.checking') : t('end.doctorLead')}
        </span>
      </div>
      {check.error !== null && <Failure error={check.error} />}
      {report !== undefined && (
        <>
          <Message tone={report.ok ? 'success' : 'danger'} title={t(report.ok ? 'end.checkAll' : 'end.checkFailed')} />
          <ol className="list stack-tight">
            {report.steps.map(({ name, status, message, remedy }) => (
              <li key={name} className="row" style={{ alignItems: 'flex-start', flexWrap: 'nowrap' }}>
                <span style={{ width: 72, flex: 'none' }}>
                  <Lozenge tone={tones[status]}>{t(`end.status.${status}`)}</Lozenge>
                </span>
                <div className="grow">
                  <strong>{name}</strong> <span className="break">{message}</span>
                  {remedy !== undefined && <div className="subtle break">{remedy}</div>}
                </div>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  )
}
