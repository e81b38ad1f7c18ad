import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { WorkItemView } from '../../contract/work-items.ts'
import { useMay } from '../parts/me.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { Decide } from './decide.tsx'
import { personOf } from './person-of.ts'

/** Questions that no rule can answer, each with what can be decided. */
export function ItemList({ items }: { readonly items: readonly WorkItemView[] }) {
  const [deciding, setDeciding] = useState<WorkItemView>()
  const mayDecide = useMay('approver')
  return (
    <>
      <ul className="list stack-tight">
        {items.map((item) => (
          <li key={item.id} className="card spread">
            <div className="grow">
              <strong className="break in-text">
                <Subject item={item} />
              </strong>
              <div className="break">{item.message}</div>
              <div className="subtle small in-text">
                #{item.number} ·{' '}
                <Link to="/connections/$key" params={{ key: item.connection }}>
                  {item.connection}
                </Link>{' '}
                · <When at={item.openedAt} short />
              </div>
            </div>
            {item.choices.length === 0 ? (
              <span className="subtle">{t('approvals.noChoice')}</span>
            ) : (
              mayDecide && (
                <Button
                  variant="default"
                  onClick={() => setDeciding(item)}
                  aria-label={`${t('approvals.decide')}: ${item.label}`}
                >
                  {t('approvals.decide')}
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
      {deciding !== undefined && <Decide item={deciding} close={() => setDeciding(undefined)} />}
    </>
  )
}

function Subject({ item }: { readonly item: WorkItemView }) {
  const person = personOf(item)
  if (person === undefined) return item.label
  return (
    <Link to="/people/one" search={{ person }}>
      {item.label}
    </Link>
  )
}
