import { Select, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { connectionsQuery } from '../connections/queries.ts'
import { Page } from '../parts/page.tsx'
import { t } from '../words/t.ts'
import { DecisionList } from './decision-list.tsx'
import { OpenItems } from './open-items.tsx'
import { type WorkSearch, workReasons, workSearch, workTabs } from './search.ts'

const route = getRouteApi('/work')

/** What no rule can decide, by connection and by question, and every decision that is remembered. */
export function WorkPage() {
  const search = route.useSearch()
  const { tab = 'open', connection, reason } = search
  const navigate = route.useNavigate()
  const connections = useQuery(connectionsQuery)
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
        <Tabs.Panel value="open" pt="md">
          <div className="stack">
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
            <OpenItems {...search} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="decided" pt="md">
          <DecisionList />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
