import { TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { DriftLookView, DriftView } from '../../contract/drift.ts'
import type { DriftKind } from '../../domain/drift.ts'
import { Download } from '../parts/download.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { More } from '../parts/more.tsx'
import { NoMatch } from '../parts/no-match.tsx'
import { useTypedFilter } from '../parts/typed-filter.ts'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { FindingTable, nowText } from './finding-table.tsx'
import { findings } from './queries.ts'
import { type DriftSearch, driftSearch } from './search.ts'

const route = getRouteApi('/connections/$key/drift')
const pageSize = 100

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
  const choose = (part: { readonly [Name in keyof DriftSearch]: string | undefined }) =>
    void navigate({ search: (before) => driftSearch({ ...before, ...part }), replace: true, resetScroll: false })
  const [typed, setTyped] = useTypedFilter(search.text ?? '', (text) => choose({ text }))
  const clear = () => {
    setTyped('')
    void navigate({ search: {}, replace: true, resetScroll: false })
  }
  return (
    <div className="plan">
      <Filters look={look} search={search} typed={typed} type={setTyped} choose={choose} />
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
          empty={<NoMatch title={t('drift.filtered')} clear={clear} />}
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
  readonly typed: string
  readonly type: (text: string) => void
  readonly choose: (part: { readonly [Name in keyof DriftSearch]: string | undefined }) => void
}

function Filters({ look, search, typed, type, choose }: FiltersProps) {
  const kinds = Object.entries(look.counts) as [DriftKind, number][]
  return (
    <div className="facets stack">
      <TextInput
        aria-label={t('drift.search')}
        placeholder={t('drift.search')}
        leftSection={<Icon name="search" />}
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
      />
      <fieldset>
        <legend>{t('decide.state')}</legend>
        {(['no', 'yes'] as const).map((decided) => (
          <button
            key={decided}
            type="button"
            aria-pressed={search.decided === decided}
            onClick={() => choose({ decided: search.decided === decided ? undefined : decided })}
          >
            <span className="grow">{t(decided === 'no' ? 'decide.open' : 'decide.state')}</span>
          </button>
        ))}
      </fieldset>
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

const header = [
  'kind',
  'account',
  'account id',
  'group',
  'group id',
  'attribute',
  'now',
  'left',
  'seen since',
  'run',
  'decided',
  'by',
]

function cellsOf(each: DriftView): readonly (string | undefined)[] {
  const { kind, account, group, attribute, left, seenSince, seenByRun, decided } = each
  const run = seenByRun === undefined ? undefined : String(seenByRun)
  return [
    kind,
    account?.label,
    account?.id,
    group?.name,
    group?.id,
    attribute,
    nowText(each),
    left,
    seenSince,
    run,
    decided?.decision,
    decided?.by,
  ]
}
