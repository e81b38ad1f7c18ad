import type { WorkItemView } from '../../contract/work-items.ts'
import { api } from '../api.ts'
import { Download } from '../parts/download.tsx'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { More } from '../parts/more.tsx'
import { NoMatch } from '../parts/no-match.tsx'
import { usePages } from '../parts/pages.ts'
import { t } from '../words/t.ts'
import { ItemList } from './item-list.tsx'
import type { WorkSearch } from './search.ts'

const pageSize = 50

interface OpenItemsProps extends Pick<WorkSearch, 'connection' | 'reason'> {
  readonly clear: () => void
}

/** Every open question of the filter, in pages and as a file. */
export function OpenItems({ connection, reason, clear }: OpenItemsProps) {
  const query = usePages(['work', 'open', connection, reason], pageSize, (page, signal) =>
    ask({ connection, reason }, page, signal),
  )
  const isFiltered = connection !== undefined || reason !== undefined
  return (
    <>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Download
          name="muster-work"
          ask={(part, signal) => ask({ connection, reason }, part, signal)}
          head={header}
          cells={cellsOf}
        />
      </div>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          isFiltered ? (
            <NoMatch title={t('work.filtered')} clear={clear} />
          ) : (
            <Empty title={t('work.empty')}>{t('work.emptyLead')}</Empty>
          )
        }
      >
        {({ pages }) => <ItemList items={pages.flatMap(({ items }) => items)} />}
      </Loaded>
      <More query={query} />
    </>
  )
}

async function ask(
  {
    connection,
    reason,
  }: { readonly connection: string | undefined; readonly reason: WorkSearch['reason'] | undefined },
  part: { readonly cursor?: string; readonly limit: number },
  signal: AbortSignal,
) {
  const query = {
    ...part,
    ...(connection === undefined ? {} : { connection }),
    ...(reason === undefined ? {} : { reason }),
  }
  return await api.workItems.list({ query }, { signal })
}

const header = ['number', 'connection', 'reason', 'about', 'question', 'decisions', 'since']

function cellsOf({ number, connection, reason, label, message, choices, openedAt }: WorkItemView): readonly string[] {
  const decisions = choices.map(({ decision, objectId }) => [decision, objectId].filter(Boolean).join(' '))
  return [String(number), connection, reason, label, message, decisions.join(', '), openedAt]
}
