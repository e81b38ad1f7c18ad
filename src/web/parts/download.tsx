import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { csvOf } from './csv.ts'
import { Failure } from './failure.tsx'

/** A spreadsheet shows no more rows than these. */
const mostRows = 1_000_000
const rowsAtOnce = 1_000

export interface DownloadProps<Row> {
  /** Name of the file without its ending. */
  readonly name: string
  /** One part of the list, after the one that ended with this cursor. */
  readonly ask: (
    part: { readonly cursor?: string; readonly limit: number },
    signal: AbortSignal,
  ) => Promise<{ readonly items: readonly Row[]; readonly next?: string | undefined }>
  readonly head: readonly string[]
  readonly cells: (row: Row) => readonly (string | undefined)[]
}

/** Every row that the filter finds, not only those shown: as CSV for a spreadsheet, as JSON for a program. */
export function Download<Row>({ name, ask, head, cells }: DownloadProps<Row>) {
  const [count, setCount] = useState<number>()
  const [error, setError] = useState<unknown>()
  const stopping = useRef<AbortController>(undefined)
  useEffect(() => () => stopping.current?.abort(), [])
  const load = async (form: 'csv' | 'json') => {
    const stop = new AbortController()
    stopping.current = stop
    setError(undefined)
    setCount(0)
    try {
      const rows: Row[] = []
      let cursor: string | undefined
      do {
        const part = await ask({ limit: rowsAtOnce, ...(cursor === undefined ? {} : { cursor }) }, stop.signal)
        rows.push(...part.items)
        setCount(rows.length)
        cursor = part.next
      } while (cursor !== undefined && rows.length < mostRows)
      if (form === 'csv') save(`${name}.csv`, csvOf([head, ...rows.map(cells)]), 'text/csv;charset=utf-8')
      else save(`${name}.json`, JSON.stringify({ items: rows }, null, 2), 'application/json')
    } catch (thrown) {
      if (!stop.signal.aborted) setError(thrown)
    } finally {
      setCount(undefined)
    }
  }
  return (
    <>
      {error !== undefined && <Failure error={error} />}
      <span className="subtle" aria-live="polite">
        {count !== undefined && t('download.loaded', { count: shownNumber(count) })}
      </span>
      {count === undefined ? (
        (['csv', 'json'] as const).map((form) => (
          <Button key={form} variant="default" size="xs" onClick={() => void load(form)}>
            {t(`download.${form}`)}
          </Button>
        ))
      ) : (
        <Button variant="default" size="xs" onClick={() => stopping.current?.abort()}>
          {t('download.stop')}
        </Button>
      )}
    </>
  )
}

function save(name: string, text: string, type: string) {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
