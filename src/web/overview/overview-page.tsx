import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ConnectionView } from '../../contract/connections.ts'
import { api } from '../api.ts'
import { connectionsQuery } from '../connections/queries.ts'
import { Empty } from '../parts/empty.tsx'
import { EndStateLozenge } from '../parts/end-state.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { Page } from '../parts/page.tsx'
import { RunStateLozenge } from '../parts/run-state.tsx'
import { waitingQuery } from '../parts/waiting.ts'
import { When } from '../parts/when.tsx'
import { Columns } from '../pictures/change-columns.tsx'
import { recentRunsQuery } from '../pictures/queries.ts'
import { RunTimeline } from '../pictures/run-timeline.tsx'
import { RunTable } from '../runs/run-table.tsx'
import { t } from '../words/t.ts'

const recentQuery = {
  queryKey: ['runs', 'recent'],
  queryFn: () => api.runs.list({ query: { limit: 8 } }),
  refetchInterval: 5_000,
} as const

export function OverviewPage() {
  const connections = useQuery(connectionsQuery)
  const waiting = useQuery(waitingQuery)
  const recent = useQuery(recentQuery)
  const count = waiting.data?.count ?? 0
  return (
    <Page
      title={t('nav.overview')}
      actions={
        count > 0 ? (
          <LinkButton to="/approvals">{t('overview.review', { count })}</LinkButton>
        ) : (
          <LinkButton to="/connections/new">{t('connection.new')}</LinkButton>
        )
      }
    >
      <Loaded
        query={connections}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty
            title={t('overview.empty')}
            actions={<LinkButton to="/connections/new">{t('connection.new')}</LinkButton>}
          >
            {t('overview.emptyLead')}
          </Empty>
        }
      >
        {({ items }) => (
          <div className="cards">
            {items.map((connection) => (
              <ConnectionCard key={connection.key} connection={connection} />
            ))}
          </div>
        )}
      </Loaded>
      <div className="columns">
        <section className="stack-tight" aria-labelledby="needs-you">
          <h2 id="needs-you" style={{ margin: 0 }}>
            {t('overview.needsYou')}
          </h2>
          <Loaded
            query={waiting}
            isEmpty={(data) => data.count === 0}
            empty={<div className="subtle">{t('overview.nothing')}</div>}
          >
            {(data) => (
              <ul className="list stack-tight">
                {data.runs.map((run) => (
                  <li key={run.id} className="row">
                    <RunStateLozenge state={run.state} />
                    <Link to="/runs/$run" params={{ run: String(run.number) }}>
                      {t('overview.runWaits', {
                        number: run.number,
                        connection: run.connection,
                        state: t(`run.state.${run.state}`).toLowerCase(),
                      })}
                    </Link>
                    <span className="subtle">
                      <When at={run.startedAt} />
                    </span>
                  </li>
                ))}
                {data.items.slice(0, 8).map((item) => (
                  <li key={item.id} className="in-text">
                    <Link to="/approvals">{item.label}</Link>: {item.message}
                  </li>
                ))}
              </ul>
            )}
          </Loaded>
        </section>
      </div>
      <RunTimeline />
      <section className="stack-tight" aria-labelledby="recent">
        <h2 id="recent" style={{ margin: 0 }}>
          {t('overview.recent')}
        </h2>
        <Loaded
          query={recent}
          isEmpty={({ items }) => items.length === 0}
          empty={<div className="subtle">{t('runs.empty')}</div>}
        >
          {({ items }) => <RunTable runs={items} />}
        </Loaded>
      </section>
    </Page>
  )
}

const runsOnCard = 30

function ConnectionCard({ connection }: { readonly connection: ConnectionView }) {
  const recent = useQuery(recentRunsQuery)
  const { key, displayName, source, target, state, paused, lastRun, nextRunAt, mode } = connection
  const runs = (recent.data?.items ?? [])
    .filter((run) => run.connection === key && run.planned !== undefined)
    .slice(0, runsOnCard)
    .reverse()
  return (
    <article className="card stack-tight">
      <div className="spread" style={{ gap: 8 }}>
        <h2 style={{ margin: 0, fontSize: 16 }}>
          <Link to="/connections/$key" params={{ key }}>
            {displayName ?? key}
          </Link>
        </h2>
        {paused === undefined ? (
          <EndStateLozenge state={state.state} />
        ) : (
          <Lozenge tone="neutral">{t('connection.paused')}</Lozenge>
        )}
      </div>
      <div className="subtle">
        {source} → {target} · {t(`connection.mode.${mode}`)}
      </div>
      <dl className="facts">
        <dt>{t('overview.lastRun')}</dt>
        <dd className="row">
          {lastRun === undefined ? (
            t('runs.empty')
          ) : (
            <>
              <RunStateLozenge state={lastRun.state} />
              <Link to="/runs/$run" params={{ run: String(lastRun.number) }}>
                #{lastRun.number}
              </Link>
              <When at={lastRun.startedAt} />
            </>
          )}
        </dd>
        <dt>{t('overview.nextRun')}</dt>
        <dd>{nextRunAt === undefined ? t('overview.onDemand') : <When at={nextRunAt} />}</dd>
      </dl>
      {runs.length > 1 && (
        <div aria-hidden="true">
          <Columns runs={runs} small />
        </div>
      )}
    </article>
  )
}
