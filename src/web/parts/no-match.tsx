import { Button } from '@mantine/core'
import { t } from '../words/t.ts'
import { Empty } from './empty.tsx'

/** A list of which no row passes the filters, and the way back to all of it. */
export function NoMatch({ title, clear }: { readonly title: string; readonly clear: () => void }) {
  return (
    <Empty
      title={title}
      actions={
        <Button variant="default" onClick={clear}>
          {t('plan.clear')}
        </Button>
      }
    />
  )
}
