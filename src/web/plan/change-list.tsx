import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { ChangeView } from '../../contract/plans.ts'
import type { ChangeKind } from '../../domain/change.ts'
import { t } from '../words/t.ts'
import { ChangeDetail } from './change-detail.tsx'
import { ChangeRow } from './change-row.tsx'
import { type Facet, type PlanFilter, valuesOf } from './filter.ts'
import { kindHeading } from './kind-name.ts'

type Page = { readonly items: readonly ChangeView[]; readonly next?: string | undefined }

export interface ChangeListProps {
  readonly query: UseInfiniteQueryResult<InfiniteData<Page>>
  readonly facets: readonly Facet[]
  readonly filter: PlanFilter
  readonly selected: ReadonlySet<number>
  /** Absent where nothing can be released. */
  readonly select: ((seq: number) => void) | undefined
}

type Row = { readonly heading: ChangeKind } | { readonly change: ChangeView }

/** Rows that exist only while they are seen; pages are asked for as the end comes near. */
export function ChangeList({ query, facets, filter, selected, select }: ChangeListProps) {
  const box = useRef<HTMLDivElement>(null)
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const rows = useMemo(() => rowsOf(data?.pages ?? []), [data])
  const counts = useMemo(() => new Map(valuesOf(facets, filter, 'kind')), [facets, filter])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 49,
    getItemKey: (index) => keyOf(rows[index]),
    overscan: 12,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - 60) void fetchNextPage()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  const toggle = (seq: number) =>
    setOpened((before) => {
      const after = new Set(before)
      if (!after.delete(seq)) after.add(seq)
      return after
    })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={box} className="changes" tabIndex={0} aria-label={t('plan.changes')}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, start, key }) => {
          const row = rows[index]
          if (row === undefined) return null
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              style={{ transform: `translateY(${start}px)` }}
            >
              {'heading' in row ? (
                <div className="change-heading">{kindHeading(row.heading, counts.get(row.heading) ?? 0)}</div>
              ) : (
                <>
                  <ChangeRow
                    change={row.change}
                    opened={opened.has(row.change.seq)}
                    selected={selected.has(row.change.seq)}
                    toggle={() => toggle(row.change.seq)}
                    select={select === undefined ? undefined : () => select(row.change.seq)}
                  />
                  {opened.has(row.change.seq) && <ChangeDetail change={row.change} />}
                </>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** Changes in their order, with a heading where the kind changes. */
function rowsOf(pages: readonly Page[]): readonly Row[] {
  const rows: Row[] = []
  let kind: ChangeKind | undefined
  for (const { items } of pages) {
    for (const change of items) {
      if (change.kind !== kind) rows.push({ heading: change.kind })
      kind = change.kind
      rows.push({ change })
    }
  }
  return rows
}

function keyOf(row: Row | undefined): string | number {
  if (row === undefined) return ''
  return 'heading' in row ? row.heading : row.change.seq
}
