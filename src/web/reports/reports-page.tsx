import { Select, TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ReportRow } from '../../contract/report.ts'
import { api } from '../api.ts'
import { sortOf } from '../parts/change-bar.tsx'
import { Download } from '../parts/download.tsx'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { More } from '../parts/more.tsx'
import { NoMatch } from '../parts/no-match.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { kindName } from '../plan/kind-name.ts'
import { subjectOf } from '../plan/subject.ts'
import { t } from '../words/t.ts'
import { type ReportSearch, reportFates, reportPresets, reportSearch } from './search.ts'

const route = getRouteApi('/reports')
const pageSize = 100

/** What was done to whom, when, why and with which outcome; by filters, and as a file. */
export function ReportsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({
    queryKey: ['report', search],
    queryFn: ({ pageParam, signal }) => ask(search, pageParam, pageSize, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  })
  const choose = (part: Record<string, unknown>) =>
    void navigate({ search: (before) => reportSearch({ ...before, ...part }), replace: true })
  const clear = () => void navigate({ search: {}, replace: true })
  return (
    <Page
      title={t('report.title')}
      lead={t('report.lead')}
      actions={
        <Download
          name="muster-report"
          ask={({ cursor, limit }, signal) => ask(search, cursor, limit, signal)}
          head={header}
          cells={cellsOf}
        />
      }
    >
      <Filters key={JSON.stringify(Object.keys(search).length === 0)} search={search} choose={choose} />
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          Object.keys(search).length > 0 ? (
            <NoMatch title={t('report.filtered')} clear={clear} />
          ) : (
            <Empty title={t('report.empty')}>{t('report.emptyLead')}</Empty>
          )
        }
      >
        {({ pages }) => <Rows rows={pages.flatMap(({ items }) => items)} />}
      </Loaded>
      <More query={query} />
    </Page>
  )
}

async function ask(
  { outcome, ...search }: ReportSearch,
  cursor: string | undefined,
  limit: number,
  signal: AbortSignal,
) {
  const query = {
    ...search,
    ...(outcome === undefined ? {} : { outcome: [outcome] }),
    ...(cursor === undefined ? {} : { cursor }),
    limit,
  }
  return await api.report.changes({ query }, { signal })
}

interface FiltersProps {
  readonly search: ReportSearch
  readonly choose: (part: Record<string, unknown>) => void
}

function Filters({ search, choose }: FiltersProps) {
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({ ...search })
  const field = (
    name: 'person' | 'application' | 'from' | 'until',
    width: number,
    hint: { readonly title?: string; readonly placeholder?: string },
  ) => (
    <TextInput
      label={t(`report.${name}`)}
      w={width}
      {...hint}
      value={typed[name] ?? ''}
      onChange={(event) => {
        const text = event.currentTarget.value
        setTyped((before) => ({ ...before, [name]: text }))
        choose({ [name]: text })
      }}
    />
  )
  return (
    <search className="row" style={{ alignItems: 'flex-end' }}>
      <Select
        w={160}
        label={t('report.preset')}
        placeholder={t('report.everything')}
        data={reportPresets.map((preset) => ({ value: preset, label: t(`report.preset.${preset}`) }))}
        value={search.preset ?? null}
        onChange={(preset) => choose({ preset })}
        clearable
        clearButtonProps={{ 'aria-label': t('plan.clear') }}
      />
      {field('person', 200, { title: t('report.personHelp') })}
      {field('application', 160, { title: t('report.applicationHelp') })}
      {field('from', 120, { placeholder: '2026-03-01' })}
      {field('until', 120, { placeholder: '2026-03-31' })}
      <Select
        label={t('report.outcome')}
        placeholder={t('report.everything')}
        w={130}
        data={reportFates.map((fate) => ({ value: fate, label: t(`outcome.${fate}`) }))}
        value={search.outcome ?? null}
        onChange={(outcome) => choose({ outcome })}
        clearable
        clearButtonProps={{ 'aria-label': t('plan.clear') }}
      />
    </search>
  )
}

function Rows({ rows }: { readonly rows: readonly ReportRow[] }) {
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th>{t('report.at')}</th>
            <th>{t('report.what')}</th>
            <th>{t('report.why')}</th>
            <th>{t('report.outcome')}</th>
            <th>{t('report.run')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.run}-${row.seq}`}>
              <td>
                <When at={row.at} short />
              </td>
              <td className="break">
                <span className={`tone-${sortOf(row.kind)}`}>{kindName(row.kind)}:</span> {subjectOf(row)}
              </td>
              <td>{row.sentence}</td>
              <td>{t(`outcome.${row.outcome}`)}</td>
              <td className="nowrap in-text">
                <Link to="/runs/$run" params={{ run: String(row.run) }}>
                  {row.run}
                </Link>{' '}
                <span className="subtle">
                  {row.connection}, {row.startedBy}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const header = [
  'at',
  'run',
  'connection',
  'startedBy',
  'kind',
  'what',
  'person',
  'reason',
  'rule',
  'outcome',
  'message',
]

function cellsOf(row: ReportRow): readonly string[] {
  const { at, run, connection, startedBy, kind, person, sentence, rule, outcome, message = '' } = row
  const who = person?.label ?? row.accountLabel ?? ''
  return [at, String(run), connection, startedBy, kind, subjectOf(row), who, sentence, rule, outcome, message]
}
