import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Empty } from '../parts/empty.tsx'
import { EndStateLozenge } from '../parts/end-state.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { useMay } from '../parts/me.ts'
import { Page } from '../parts/page.tsx'
import { RunStateLozenge } from '../parts/run-state.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { connectionsQuery } from './queries.ts'

export function ConnectionsPage() {
  const query = useQuery(connectionsQuery)
  const add = useMay('admin') && <LinkButton to="/connections/new">{t('connection.new')}</LinkButton>
  return (
    <Page title={t('connection.title')} actions={add}>
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty title={t('connection.empty')} actions={add}>
            {t('overview.emptyLead')}
          </Empty>
        }
      >
        {({ items }) => (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('run.connection')}</th>
                  <th>{t('connection.source')}</th>
                  <th>{t('connection.target')}</th>
                  <th>{t('connection.state')}</th>
                  <th>{t('connection.mode')}</th>
                  <th>{t('connection.schedule')}</th>
                  <th>{t('overview.lastRun')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map(
                  ({ key, displayName, source, target, state, mode, paused, schedule, nextRunAt, lastRun }) => (
                    <tr key={key}>
                      <td>
                        <Link to="/connections/$key" params={{ key }}>
                          {displayName ?? key}
                        </Link>
                      </td>
                      <td>
                        <Link to="/sources/$key" params={{ key: source }}>
                          {source}
                        </Link>
                      </td>
                      <td>
                        <Link to="/targets/$key" params={{ key: target }}>
                          {target}
                        </Link>
                      </td>
                      <td>
                        {paused === undefined ? (
                          <EndStateLozenge state={state.state} />
                        ) : (
                          <Lozenge tone="neutral">{t('connection.paused')}</Lozenge>
                        )}
                      </td>
                      <td>{t(`connection.mode.${mode}`)}</td>
                      <td>
                        {schedule ?? t('overview.onDemand')}
                        {nextRunAt !== undefined && (
                          <span className="subtle small" style={{ display: 'block' }}>
                            <When at={nextRunAt} />
                          </span>
                        )}
                      </td>
                      <td>
                        {lastRun !== undefined && (
                          <span className="row">
                            <RunStateLozenge state={lastRun.state} />
                            <Link to="/runs/$run" params={{ run: String(lastRun.number) }}>
                              #{lastRun.number}
                            </Link>
                          </span>
                        )}
                      </td>
                    </tr>
                  ),
                )}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Page>
  )
}
