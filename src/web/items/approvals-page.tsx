import { useQuery } from '@tanstack/react-query'
import { Empty } from '../parts/empty.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { waitingQuery } from '../parts/waiting.ts'
import { RunTable } from '../runs/run-table.tsx'
import { t } from '../words/t.ts'
import { ItemList } from './item-list.tsx'

/** What waits for a person: held runs first, then people and groups no rule can decide about. */
export function ApprovalsPage() {
  const query = useQuery(waitingQuery)
  return (
    <Page
      title={t('approvals.title')}
      lead={t('approvals.lead')}
      actions={
        <LinkButton to="/work" variant="default">
          {t('work.title')}
        </LinkButton>
      }
    >
      <Loaded
        query={query}
        isEmpty={({ count }) => count === 0}
        empty={<Empty title={t('approvals.empty')}>{t('approvals.emptyLead')}</Empty>}
      >
        {({ runs, items }) => (
          <>
            {runs.length > 0 && (
              <section className="stack-tight">
                <h2 style={{ margin: 0 }}>{t('approvals.runs')}</h2>
                <RunTable runs={runs} />
              </section>
            )}
            {items.length > 0 && (
              <section className="stack-tight">
                <h2 style={{ margin: 0 }}>{t('approvals.items')}</h2>
                <ItemList items={items} />
              </section>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}
