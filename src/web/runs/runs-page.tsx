import { Select } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { runStates } from '../../domain/run.ts'
import { api } from '../api.ts'
import { connectionsQuery } from '../connections/queries.ts'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { More } from '../parts/more.tsx'
import { NoMatch } from '../parts/no-match.tsx'
import { Page } from '../parts/page.tsx'
import { RunTimeline } from '../pictures/run-timeline.tsx'
import { t } from '../words/t.ts'
import { RunTable } from './run-table.tsx'
import { runsSearch } from './search.ts'

const route = getRouteApi('/runs')

export function RunsPage() {
  const { connection, state } = route.useSearch()
  const navigate = route.useNavigate()
  const connections = useQuery(connectionsQuery)
  const query = useInfiniteQuery({
    queryKey: ['runs', connection, state],
    queryFn: ({ pageParam }) =>
      api.runs.list({
        query: {
          limit: 50,
          ...(connection === undefined ? {} : { connection }),
          ...(state === undefined ? {} : { state: [state] }),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    refetchInterval: 5_000,
  })
  const isFiltered = connection !== undefined || state !== undefined
  const choose = (part: Record<string, unknown>) =>
    void navigate({ search: (before) => runsSearch({ ...before, ...part }), replace: true })
  return (
    <Page title={t('runs.title')}>
      <div className="row">
        <Select
          aria-label={t('run.connection')}
          placeholder={t('runs.allConnections')}
          data={(connections.data?.items ?? []).map(({ key }) => key)}
          value={connection ?? null}
          onChange={(value) => choose({ connection: value ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('plan.clear') }}
        />
        <Select
          aria-label={t('run.state')}
          placeholder={t('runs.all')}
          data={runStates.map((value) => ({ value, label: t(`run.state.${value}`) }))}
          value={state ?? null}
          onChange={(value) => choose({ state: value ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('plan.clear') }}
        />
      </div>
      {!isFiltered && <RunTimeline />}
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          isFiltered ? (
            <NoMatch title={t('runs.filtered')} clear={() => choose({ connection: undefined, state: undefined })} />
          ) : (
            <Empty title={t('runs.empty')}>{t('runs.emptyLead')}</Empty>
          )
        }
      >
        {({ pages }) => <RunTable runs={pages.flatMap(({ items }) => items)} />}
      </Loaded>
      <More query={query} />
    </Page>
  )
}
