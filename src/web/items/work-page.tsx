import { Select, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { connectionsQuery } from '../connections/queries.ts'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useTypedFilter } from '../parts/typed-filter.ts'
import { t } from '../words/t.ts'
import { AccountList } from './account-list.tsx'
import { DecisionList } from './decision-list.tsx'
import { ExceptionList } from './exception-list.tsx'
import { OpenItems } from './open-items.tsx'
import { type WorkSearch, workReasons, workSearch, workTabs } from './search.ts'

const route = getRouteApi('/work')

/** What no rule can decide, accounts nobody stands behind, and every decision that is remembered. */
export function WorkPage() {
  const search = route.useSearch()
  const { tab = 'open' } = search
  const navigate = route.useNavigate()
  const choose = (part: { readonly [Name in keyof WorkSearch]: string | undefined }) =>
    void navigate({ search: (before) => workSearch({ ...before, ...part }), replace: true, resetScroll: false })
  return (
    <Page title={t('work.title')} lead={t('work.lead')}>
      <Tabs value={tab} onChange={(value) => choose({ tab: value ?? undefined })}>
        <Tabs.List>
          {workTabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`work.tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {workTabs.map((each) => (
          <Tabs.Panel key={each} value={each} pt="md">
            <div className="stack">
              {each === 'open' && <Questions search={search} choose={choose} />}
              {(each === 'unmanaged' || each === 'orphaned') && (
                <Accounts list={each} search={search} choose={choose} />
              )}
              {each === 'decided' && <Decided search={search} choose={choose} />}
            </div>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}

interface ListProps {
  readonly search: WorkSearch
  readonly choose: (part: { readonly [Name in keyof WorkSearch]: string | undefined }) => void
}

function Questions({ search, choose }: ListProps) {
  const { connection, reason } = search
  const connections = useQuery(connectionsQuery)
  return (
    <>
      <search className="row" style={{ alignItems: 'flex-end' }}>
        <Select
          label={t('run.connection')}
          placeholder={t('runs.allConnections')}
          data={(connections.data?.items ?? []).map(({ key }) => key)}
          value={connection ?? null}
          onChange={(value) => choose({ connection: value ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('plan.clear') }}
        />
        <Select
          label={t('work.reason')}
          placeholder={t('work.everything')}
          w={320}
          data={workReasons.map((value) => ({ value, label: t(`work.reason.${value}`) }))}
          value={reason ?? null}
          onChange={(value) => choose({ reason: value ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('plan.clear') }}
        />
      </search>
      <OpenItems {...search} clear={() => choose({ connection: undefined, reason: undefined })} />
    </>
  )
}

function Accounts({ list, search, choose }: ListProps & { readonly list: 'unmanaged' | 'orphaned' }) {
  const [typed, setTyped] = useTypedFilter(search.text ?? '', (text) => choose({ text }))
  return (
    <OfConnection
      search={search}
      choose={choose}
      more={<SearchField label={t('groups.search')} value={typed} onType={setTyped} />}
    >
      {(connection) => (
        <AccountList
          key={connection}
          connection={connection}
          list={list}
          text={search.text}
          clear={() => setTyped('')}
        />
      )}
    </OfConnection>
  )
}

function Decided({ search, choose }: ListProps) {
  return (
    <>
      <h2 style={{ margin: 0 }}>{t('work.answers')}</h2>
      <DecisionList />
      <h2 style={{ margin: 0 }}>{t('work.exceptions')}</h2>
      <OfConnection search={search} choose={choose}>
        {(connection) => <ExceptionList key={connection} connection={connection} />}
      </OfConnection>
    </>
  )
}

interface OfConnectionProps extends ListProps {
  readonly more?: React.ReactNode
  readonly children: (connection: string) => React.ReactNode
}

/** Lists that belong to one connection: the chosen one, or the first. */
function OfConnection({ search, choose, more, children }: OfConnectionProps) {
  const query = useQuery(connectionsQuery)
  return (
    <Loaded query={query} isEmpty={({ items }) => items.length === 0} empty={<Empty title={t('connection.empty')} />}>
      {({ items }) => {
        const connection = search.connection ?? items[0]?.key ?? ''
        return (
          <>
            <search className="row" style={{ alignItems: 'flex-end' }}>
              <Select
                label={t('run.connection')}
                data={items.map(({ key }) => key)}
                value={connection}
                onChange={(value) => choose({ connection: value ?? undefined })}
              />
              {more}
            </search>
            {children(connection)}
          </>
        )
      }}
    </Loaded>
  )
}
