import { Button, Radio } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { WorkItemView } from '../../contract/work-items.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { Page } from '../parts/page.tsx'
import { waitingQuery } from '../parts/waiting.ts'
import { When } from '../parts/when.tsx'
import { RunTable } from '../runs/run-table.tsx'
import { t } from '../words/t.ts'

/** What waits for a person: held runs first, then people and groups no rule can decide about. */
export function ApprovalsPage() {
  const query = useQuery(waitingQuery)
  const [item, setItem] = useState<WorkItemView>()
  const mayDecide = useMay('approver')
  return (
    <Page title={t('approvals.title')} lead={t('approvals.lead')}>
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
                <ul className="list stack-tight">
                  {items.map((each) => (
                    <li key={each.id} className="card spread">
                      <div className="grow">
                        <strong className="break">{each.label}</strong>
                        <div className="break">{each.message}</div>
                        <div className="subtle small in-text">
                          #{each.number} ·{' '}
                          <Link to="/connections/$key" params={{ key: each.connection }}>
                            {each.connection}
                          </Link>{' '}
                          · <When at={each.openedAt} />
                        </div>
                      </div>
                      {each.choices.length === 0 ? (
                        <span className="subtle">{t('approvals.noChoice')}</span>
                      ) : (
                        mayDecide && (
                          <Button
                            variant="default"
                            onClick={() => setItem(each)}
                            aria-label={`${t('approvals.decide')}: ${each.label}`}
                          >
                            {t('approvals.decide')}
                          </Button>
                        )
                      )}
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
      </Loaded>
      {item !== undefined && <Decide item={item} close={() => setItem(undefined)} />}
    </Page>
  )
}

function Decide({ item, close }: { readonly item: WorkItemView; readonly close: () => void }) {
  const [chosen, setChosen] = useState<string>()
  const queries = useQueryClient()
  const decide = async () => {
    const choice = item.choices[Number(chosen)]
    if (choice === undefined) return
    const { decision, objectId } = choice
    await api.workItems.decide({
      params: { item: item.id },
      body: { decision, ...(objectId === undefined ? {} : { objectId }) },
    })
    await queries.invalidateQueries({ queryKey: waitingQuery.queryKey })
  }
  return (
    <Confirm
      opened
      title={item.label}
      action={t('approvals.decide')}
      disabled={chosen === undefined}
      close={close}
      act={decide}
    >
      <div>{item.message}</div>
      <Radio.Group
        label={t('approvals.choices')}
        {...(chosen === undefined ? {} : { value: chosen })}
        onChange={setChosen}
      >
        <div className="stack-tight" style={{ marginTop: 8 }}>
          {item.choices.map(({ sentence, label }, index) => (
            <Radio
              key={`${sentence}${label ?? ''}`}
              value={String(index)}
              label={label === undefined ? sentence : `${label}: ${sentence}`}
            />
          ))}
        </div>
      </Radio.Group>
    </Confirm>
  )
}
