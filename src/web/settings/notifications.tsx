import { Button } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { noticeKinds } from '../../domain/notice.ts'
import { api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { useMay } from '../parts/me.ts'
import { Message } from '../parts/message.tsx'
import { More } from '../parts/more.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { duration } from '../words/times.ts'

const deliveriesKey = ['notifications', 'deliveries'] as const

/** Who is told what, and what became of every message. Channels stand in the configuration file; here they are tried. */
export function Notifications() {
  const query = useQuery({ queryKey: ['notifications'], queryFn: () => api.notifications.list() })
  const mayTry = useMay('admin')
  const trial = useMutation({
    mutationFn: (channel: string) => api.notifications.test({ params: { channel } }),
  })
  return (
    <div className="stack">
      <div className="subtle">{t('notifications.lead')}</div>
      {trial.error !== null && <Failure error={trial.error} />}
      {trial.isSuccess && (
        <Message tone="success" title={t('notifications.tried', { channel: trial.variables })} alert />
      )}
      <Loaded query={query}>
        {({ channels, problems }) => (
          <>
            {problems.length > 0 && (
              <Message tone="warning" title={t('notifications.problems')}>
                {problems.map((problem) => (
                  <div key={problem}>{problem}</div>
                ))}
              </Message>
            )}
            {channels.length === 0 ? (
              <Empty title={t('notifications.empty')}>{t('notifications.emptyLead')}</Empty>
            ) : (
              <div className="table-wrap">
                <table className="table">
                  <thead>
                    <tr>
                      <th>{t('notifications.channel')}</th>
                      <th>{t('notifications.to')}</th>
                      <th>{t('notifications.hears')}</th>
                      <th>{t('nav.connections')}</th>
                      <th>{t('notifications.digest')}</th>
                      <th aria-label={t('notifications.try')} />
                    </tr>
                  </thead>
                  <tbody>
                    {channels.map(({ channel, type, to, kinds, connections, digestMs }) => (
                      <tr key={channel}>
                        <td>
                          {channel} <span className="subtle">{type}</span>
                        </td>
                        <td className="break">{to}</td>
                        <td>
                          {kinds === undefined
                            ? t('notifications.everything')
                            : kinds.map((kind) => <div key={kind}>{noticeKinds[kind]}</div>)}
                        </td>
                        <td>{connections === undefined ? t('users.everywhere') : connections.join(', ')}</td>
                        <td className="nowrap">{duration(digestMs)}</td>
                        <td className="right">
                          {mayTry && (
                            <Button
                              size="compact-sm"
                              variant="default"
                              loading={trial.isPending && trial.variables === channel}
                              aria-label={`${t('notifications.try')}: ${channel}`}
                              onClick={() => trial.mutate(channel)}
                            >
                              {t('notifications.try')}
                            </Button>
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </>
        )}
      </Loaded>
      <Deliveries mayResend={mayTry} />
    </div>
  )
}

const tones = { pending: 'info', sent: 'success', dead: 'danger' } as const

function Deliveries({ mayResend }: { readonly mayResend: boolean }) {
  const queries = useQueryClient()
  const query = useInfiniteQuery({
    queryKey: deliveriesKey,
    queryFn: ({ pageParam }) =>
      api.notifications.deliveries({ query: { limit: 50, ...(pageParam === undefined ? {} : { cursor: pageParam }) } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  })
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
