import { Button, TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { DriftLookView, DriftView } from '../../contract/drift.ts'
import type { DriftKind } from '../../domain/drift.ts'
import { Download } from '../parts/download.tsx'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { More } from '../parts/more.tsx'
import { useSettled } from '../parts/settled.ts'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { FindingTable, nowText } from './finding-table.tsx'
import { findings } from './queries.ts'
import { type DriftSearch, driftSearch } from './search.ts'

const route = getRouteApi('/connections/$key/drift')
const pageSize = 100
const typingMs = 200

/** What the last look found, by kind and by a part of a name. */
export function FindingList({ connection, look }: { readonly connection: string; readonly look: DriftLookView }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({
    queryKey: ['drift', connection, 'list', look.readAt, search],
    queryFn: ({ pageParam, signal }) => findings(connection, search, { cursor: pageParam, limit: pageSize }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const choose = (part: DriftSearch | { readonly kind: undefined }) =>
    void navigate({ search: (before) => driftSearch({ ...before, ...part }), replace: true, resetScroll: false })
  const [cleared, setCleared] = useState(0)
  const clear = () => {
    setCleared(cleared + 1)
    void navigate({ search: {}, replace: true, resetScroll: false })
  }
  return (
    <div className="plan">
      <Filters key={cleared} look={look} search={search} choose={choose} />
      <div className="stack-tight">
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Download
            name={`muster-drift-${connection}`}
            ask={(part, signal) => findings(connection, search, part, signal)}
            head={header}
            cells={cellsOf}
          />
        </div>
        <Loaded
          query={query}
          isEmpty={({ pages }) => pages[0]?.items.length === 0}
          empty={
            <Empty
              title={t('drift.filtered')}
              actions={
                <Button variant="default" onClick={clear}>
                  {t('plan.clear')}
                </Button>
              }
            />
          }
        >
          {({ pages }) => <FindingTable connection={connection} found={pages.flatMap(({ items }) => items)} />}
        </Loaded>
        <More query={query} />
      </div>
    </div>
  )
}

interface FiltersProps {
  readonly look: DriftLookView
  readonly search: DriftSearch
  readonly choose: (part: DriftSearch | { readonly kind: undefined }) => void
}

function Filters({ look, search, choose }: FiltersProps) {
  const [typed, setTyped] = useState(search.text ?? '')
  const settled = useSettled(typed, typingMs)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed to its end changes the address
  useEffect(() => {
    if (settled !== (search.text ?? '')) choose({ text: settled })
  }, [settled])
  const kinds = Object.entries(look.counts) as [DriftKind, number][]
  return (
    <div className="facets stack">
      <TextInput
        aria-label={t('drift.search')}
        placeholder={t('drift.search')}
        leftSection={<Icon name="search" />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <fieldset>
        <legend>{t('drift.kind')}</legend>
        {kinds.map(([kind, count]) => (
          <button
            key={kind}
            type="button"
            aria-pressed={search.kind === kind}
            onClick={() => choose({ kind: search.kind === kind ? undefined : kind })}
          >
            <span className="grow">{t(`drift.kind.${kind}`)}</span>
            <span className="num subtle">{shownNumber(count)}</span>
          </button>
        ))}
      </fieldset>
    </div>
  )
}

const header = ['kind', 'account', 'account id', 'group', 'group id', 'attribute', 'now', 'left', 'seen since', 'run']

function cellsOf(each: DriftView): readonly (string | undefined)[] {
  const { kind, account, group, attribute, left, seenSince, seenByRun } = each
  const run = seenByRun === undefined ? undefined : String(seenByRun)
  return [kind, account?.label, account?.id, group?.name, group?.id, attribute, nowText(each), left, seenSince, run]
}
