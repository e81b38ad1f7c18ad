import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { DecisionView } from '../../contract/work-items.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { usePages } from '../parts/pages.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'

/** Answers that every later plan asks for, with who gave them, until they are spent or taken back. */
export function DecisionList() {
  const queries = useQueryClient()
  const mayRevoke = useMay('approver')
  const [revoking, setRevoking] = useState<DecisionView>()
  const query = usePages(['work', 'decided'], 100, (query, signal) => api.workItems.decisions({ query }, { signal }))
  const revoke = async () => {
    await api.workItems.revoke({ params: { decision: revoking?.id ?? '' } })
    await queries.invalidateQueries({ queryKey: ['work'] })
  }
  return (
    <div className="stack-tight">
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<Empty title={t('work.noDecision')}>{t('work.noDecisionLead')}</Empty>}
      >
        {({ pages }) => (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('work.about')}</th>
                  <th>{t('work.decision')}</th>
                  <th>{t('work.by')}</th>
                  <th aria-label={t('work.revoke')} />
                </tr>
              </thead>
              <tbody>
                {pages
                  .flatMap(({ items }) => items)
                  .map((each) => (
                    <tr key={each.id}>
                      <td className="break in-text">
                        {each.of === 'person' ? (
                          <Link to="/people/one" search={{ person: each.key }}>
                            {each.label}
                          </Link>
                        ) : (
                          each.label
                        )}
                        <div className="subtle small">{each.source}</div>
                      </td>
                      <td className="break">
                        {each.sentence}
                        {each.objectId !== undefined && (
                          <div className="subtle small">
                            <code>{each.objectId}</code> {each.directoryKey}
                          </div>
                        )}
                      </td>
                      <td>
                        {each.decidedBy}
                        <div className="subtle small">
                          <When at={each.decidedAt} short />
                        </div>
                      </td>
                      <td className="right">
                        {mayRevoke && (
                          <Button
                            variant="default"
                            size="xs"
                            aria-label={`${t('work.revoke')}: ${each.label}`}
                            onClick={() => setRevoking(each)}
                          >
                            {t('work.revoke')}
                          </Button>
                        )}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <More query={query} />
      <Confirm
        opened={revoking !== undefined}
        title={t('work.revoke')}
        action={t('work.revoke')}
        close={() => setRevoking(undefined)}
        act={revoke}
      >
        <strong className="break">{revoking?.label}</strong>
        <div>{revoking?.sentence}</div>
        <div>{t('work.revokeLead')}</div>
      </Confirm>
    </div>
  )
}
