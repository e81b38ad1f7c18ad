import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { More } from '../parts/more.tsx'
import { usePages } from '../parts/pages.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'

const deliveriesKey = ['notifications', 'deliveries'] as const
const tones = { pending: 'info', sent: 'success', dead: 'danger' } as const

/** What became of every message, the newest first. */
export function Deliveries({ mayResend }: { readonly mayResend: boolean }) {
  const queries = useQueryClient()
  const query = usePages(deliveriesKey, 50, (page, signal) => api.notifications.deliveries({ query: page }, { signal }))
  const resend = useMutation({
    mutationFn: (delivery: string) => api.notifications.resend({ params: { delivery } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: deliveriesKey }),
  })
  return (
    <section className="stack-tight">
      <h2 style={{ margin: 0 }}>{t('notifications.deliveries')}</h2>
      {resend.error !== null && <Failure error={resend.error} />}
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<div className="subtle">{t('notifications.noDeliveries')}</div>}
      >
        {({ pages }) => (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('audit.at')}</th>
                  <th>{t('notifications.channel')}</th>
                  <th>{t('run.state')}</th>
                  <th className="right">{t('notifications.attempts')}</th>
                  <th>{t('notifications.problem')}</th>
                  <th aria-label={t('notifications.resend')} />
                </tr>
              </thead>
              <tbody>
                {pages
                  .flatMap(({ items }) => items)
                  .map(({ id, channel, state, createdAt, attempts, nextAt, problem }) => (
                    <tr key={id}>
                      <td>
                        <When at={createdAt} short />
                      </td>
                      <td>{channel}</td>
                      <td>
                        <Lozenge tone={tones[state]}>{t(`notifications.state.${state}`)}</Lozenge>
                      </td>
                      <td className="right num">{attempts}</td>
                      <td className="break">
                        {problem}
                        {nextAt !== undefined && attempts > 0 && (
                          <span className="subtle">
                            {' '}
                            {t('notifications.next')} <When at={nextAt} />
                          </span>
                        )}
                      </td>
                      <td className="right">
                        {mayResend && state === 'dead' && (
                          <Button
                            size="compact-sm"
                            variant="default"
                            aria-label={`${t('notifications.resend')}: ${channel}`}
                            onClick={() => resend.mutate(id)}
                          >
                            {t('notifications.resend')}
                          </Button>
                        )}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <More query={query} />
    </section>
  )
}
