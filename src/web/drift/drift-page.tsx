import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { DriftLookView } from '../../contract/drift.ts'
import { api } from '../api.ts'
import { connectionQuery } from '../connections/queries.ts'
import '../look/plan.css'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { Message } from '../parts/message.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { FindingList } from './finding-list.tsx'
import { lastLookQuery } from './queries.ts'

const route = getRouteApi('/connections/$key/drift')

/** What in the target of a connection is not as it was left: the last look, and a new one. */
export function DriftPage() {
  const { key } = route.useParams()
  const connection = useQuery(connectionQuery(key))
  const last = useQuery(lastLookQuery(key))
  const queries = useQueryClient()
  const look = useMutation({
    mutationFn: () => api.drift.look({ params: { key } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['drift', key] }),
  })
  const mayLook = useMay('operator', key)
  const lookNow = mayLook && (
    <Button loading={look.isPending} onClick={() => look.mutate()}>
      {t('drift.look')}
    </Button>
  )
  return (
    <Loaded query={connection}>
      {({ displayName, target }) => (
        <Page
          title={t('drift.title')}
          lead={t('drift.lead', { target })}
          crumbs={[
            <Link key="all" to="/connections">
              {t('nav.connections')}
            </Link>,
            <Link key="connection" to="/connections/$key" params={{ key }}>
              {displayName ?? key}
            </Link>,
          ]}
          actions={last.data === null ? undefined : lookNow}
        >
          <div className="subtle" role="status">
            {look.isPending && t('drift.looking')}
          </div>
          {look.error !== null && <Failure error={look.error} />}
          <Loaded query={last}>
            {(seen) =>
              seen === null ? (
                <Empty title={t('drift.nobody')} actions={lookNow}>
                  {t('drift.nobodyLead')}
                </Empty>
              ) : (
                <Seen key={key} connection={key} look={seen} />
              )
            }
          </Loaded>
        </Page>
      )}
    </Loaded>
  )
}

function Seen({ connection, look }: { readonly connection: string; readonly look: DriftLookView }) {
  const { readAt, by, unproven, counts } = look
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return (
    <>
      <div>
        <strong>{t(unproven.length === 0 ? 'drift.count' : 'drift.countUnproven', { count: total })}</strong>{' '}
        <span className="subtle">
          {t('drift.read')} <When at={readAt} short /> {t('drift.by', { who: by })}
        </span>
      </div>
      {unproven.length > 0 && (
        <Message tone="warning" title={t('drift.unproven')}>
          {unproven.map((sentence) => (
            <div key={sentence}>{sentence}</div>
          ))}
        </Message>
      )}
      {total > 0 && <FindingList connection={connection} look={look} />}
    </>
  )
}
