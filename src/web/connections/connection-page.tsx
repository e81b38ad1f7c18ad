import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ConnectionDetail } from '../../contract/connections.ts'
import { api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { EndStateLozenge, Problems } from '../parts/end-state.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { Message } from '../parts/message.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { ConnectionPictures } from '../pictures/connection-pictures.tsx'
import { RunTable } from '../runs/run-table.tsx'
import { t } from '../words/t.ts'
import { ConnectionActions } from './connection-actions.tsx'
import { ConnectionSettings } from './connection-settings.tsx'
import { connectionQuery } from './queries.ts'

const route = getRouteApi('/connections/$key')

export function ConnectionPage() {
  const { key } = route.useParams()
  const query = useQuery(connectionQuery(key))
  return <Loaded query={query}>{(connection) => <Ready connection={connection} />}</Loaded>
}

function Ready({ connection }: { readonly connection: ConnectionDetail }) {
  const { key, displayName, state, paused, mode, source, target, schedule, nextRuns, owner } = connection
  const runs = useQuery({
    queryKey: ['runs', 'of', key],
    queryFn: () => api.runs.list({ query: { connection: key, limit: 10 } }),
    refetchInterval: 5_000,
  })
  return (
    <Page
      title={displayName ?? key}
      crumbs={[
        <Link key="all" to="/connections">
          {t('nav.connections')}
        </Link>,
      ]}
      marks={
        paused === undefined ? (
          <EndStateLozenge state={state.state} />
        ) : (
          <Lozenge tone="neutral">{t('connection.paused')}</Lozenge>
        )
      }
      lead={`${t(`connection.mode.${mode}`)}: ${t(`connection.modeHelp.${mode}`)}`}
      actions={
        <>
          <ConnectionActions connection={connection} />
          <LinkButton to="/connections/$key/drift" params={{ key }} variant="default">
            {t('drift.title')}
          </LinkButton>
        </>
      }
    >
      {paused !== undefined && (
        <Message tone="warning" title={t('connection.pausedBy', { who: paused.by })}>
          <div>
            <When at={paused.since} /> {paused.why}
          </div>
        </Message>
      )}
      {state.problems.length > 0 && (
        <Message tone={state.state === 'incomplete' ? 'danger' : 'warning'} title={t(`end.state.${state.state}`)}>
          <Problems problems={state.problems} />
        </Message>
      )}
      {owner === 'file' && (
        <Message tone="info" title={t('connection.managedByFile')}>
          <div>{t('connection.managedByFileHelp')}</div>
        </Message>
      )}
      <dl className="facts">
        <dt>{t('connection.source')}</dt>
        <dd>
          <Link to="/sources/$key" params={{ key: source }}>
            {source}
          </Link>
        </dd>
        <dt>{t('connection.target')}</dt>
        <dd>
          <Link to="/targets/$key" params={{ key: target }}>
            {target}
          </Link>
        </dd>
        <dt>{t('connection.schedule')}</dt>
        <dd>{schedule ?? t('overview.onDemand')}</dd>
        {nextRuns.length > 0 && (
          <>
            <dt>{t('connection.nextRuns')}</dt>
            <dd>
              {nextRuns.map((at) => (
                <div key={at}>
                  <When at={at} short />
                </div>
              ))}
            </dd>
          </>
        )}
      </dl>
      <ConnectionPictures connection={key} />
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('connection.runs')}</h2>
        <Loaded query={runs} isEmpty={({ items }) => items.length === 0} empty={<Empty title={t('runs.empty')} />}>
          {({ items }) => <RunTable runs={items} />}
        </Loaded>
      </section>
      <ConnectionSettings connection={connection} />
    </Page>
  )
}
