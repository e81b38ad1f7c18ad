import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { noticeKinds } from '../../domain/notice.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { useMay } from '../parts/me.ts'
import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'
import { duration } from '../words/times.ts'
import { ChannelEditor } from './channel-editor.tsx'
import { Deliveries } from './deliveries.tsx'

const channelsKey = ['notifications', 'channels'] as const

/** Who is told what, and what became of every message. Channels of the configuration file are shown and tried, others edited. */
export function Notifications() {
  const query = useQuery({ queryKey: channelsKey, queryFn: () => api.notifications.list() })
  const queries = useQueryClient()
  const mayEdit = useMay('admin')
  /** A name; empty = a new one. */
  const [edited, setEdited] = useState<string>()
  const [ending, setEnding] = useState<string>()
  const trial = useMutation({
    mutationFn: (channel: string) => api.notifications.test({ params: { channel } }),
  })
  const again = () => queries.invalidateQueries({ queryKey: ['notifications'] })
  return (
    <div className="stack">
      <div className="subtle">{t('notifications.lead')}</div>
      {trial.error !== null && <Failure error={trial.error} />}
      {trial.isSuccess && (
        <Message tone="success" title={t('notifications.tried', { channel: trial.variables })} alert />
      )}
      <Loaded query={query}>
        {({ channels, problems, kept }) => (
          <>
            {problems.length > 0 && (
              <Message tone="warning" title={t('notifications.problems')}>
                {problems.map((problem) => (
                  <div key={problem}>{problem}</div>
                ))}
              </Message>
            )}
            {channels.length + kept.length === 0 ? (
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
                    {channels.map(({ channel, owner, type, to, kinds, connections, digestMs }) => (
                      <tr key={channel}>
                        <td>
                          {channel} <span className="subtle">{type}</span>{' '}
                          {owner === 'file' && <Lozenge tone="neutral">{t('settings.fromFile')}</Lozenge>}
                        </td>
                        <td className="break">{to}</td>
                        <td>
                          {kinds === undefined
                            ? t('notifications.everything')
                            : kinds.map((kind) => <div key={kind}>{noticeKinds[kind]}</div>)}
                        </td>
                        <td>{connections === undefined ? t('users.everywhere') : connections.join(', ')}</td>
                        <td className="nowrap">{duration(digestMs)}</td>
                        <td className="right nowrap">
                          {mayEdit && (
                            <Act
                              word="notifications.try"
                              channel={channel}
                              loading={trial.isPending && trial.variables === channel}
                              act={() => trial.mutate(channel)}
                            />
                          )}{' '}
                          {mayEdit && owner === 'store' && (
                            <OwnActs channel={channel} edit={setEdited} end={setEnding} />
                          )}
                        </td>
                      </tr>
                    ))}
                    {kept.map((channel) => (
                      <tr key={`kept ${channel}`}>
                        <td>
                          {channel} <Lozenge tone="warning">{t('notifications.unused')}</Lozenge>
                        </td>
                        <td colSpan={4} />
                        <td className="right nowrap">
                          {mayEdit && <OwnActs channel={channel} edit={setEdited} end={setEnding} />}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            {mayEdit && edited === undefined && (
              <div>
                <Button variant="default" onClick={() => setEdited('')}>
                  {t('notifications.add')}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
      {edited !== undefined && (
        <ChannelEditor
          key={edited}
          channel={edited}
          close={() => setEdited(undefined)}
          saved={async () => {
            await again()
            setEdited(undefined)
          }}
        />
      )}
      <Confirm
        opened={ending !== undefined}
        title={`${t('notifications.delete')}: ${ending ?? ''}`}
        action={t('notifications.delete')}
        danger
        close={() => setEnding(undefined)}
        act={async () => {
          if (ending === undefined) return
          await api.notifications.delete({ params: { channel: ending } })
          if (edited === ending) setEdited(undefined)
          await again()
        }}
      >
        {t('notifications.deleteLead')}
      </Confirm>
      <Deliveries mayResend={mayEdit} />
    </div>
  )
}

interface ActProps {
  readonly word: 'notifications.try' | 'notifications.edit' | 'notifications.delete'
  readonly channel: string
  readonly loading?: boolean
  readonly act: () => void
}

function Act({ word, channel, loading = false, act }: ActProps) {
  return (
    <Button
      size="compact-sm"
      variant={word === 'notifications.try' ? 'default' : 'subtle'}
      {...(word === 'notifications.delete' ? { color: 'red' } : {})}
      loading={loading}
      aria-label={`${t(word)}: ${channel}`}
      onClick={act}
    >
      {t(word)}
    </Button>
  )
}

interface OwnActsProps {
  readonly channel: string
  readonly edit: (channel: string) => void
  readonly end: (channel: string) => void
}

function OwnActs({ channel, edit, end }: OwnActsProps) {
  return (
    <>
      <Act word="notifications.edit" channel={channel} act={() => edit(channel)} />
      <Act word="notifications.delete" channel={channel} act={() => end(channel)} />
    </>
  )
}
