import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { csvOf } from './csv.ts'
import { type AskRows, everyRow } from './every-row.ts'
import { Failure } from './failure.tsx'
import { Message } from './message.tsx'

export interface DownloadProps<Row> {
  /** Name of the file without its ending. */
  readonly name: string
  readonly ask: AskRows<Row>
  readonly head: readonly string[]
  readonly cells: (row: Row) => readonly (string | undefined)[]
}

/**
 * Every row that the filter finds, not only those shown: as CSV for a spreadsheet, as JSON for a program. Where there are more
 * than one file takes, the file, its name and the page say so.
 */
export function Download<Row>({ name, ask, head, cells }: DownloadProps<Row>) {
  const [count, setCount] = useState<number>()
  const [error, setError] = useState<unknown>()
  const [missing, setMissing] = useState<string>()
  const stopping = useRef<AbortController>(undefined)
  useEffect(() => () => stopping.current?.abort(), [])
  const load = async (form: 'csv' | 'json') => {
    const stop = new AbortController()
    stopping.current = stop
    setError(undefined)
    setMissing(undefined)
    setCount(0)
    try {
      const { rows, isWhole } = await everyRow(ask, stop.signal, setCount)
      const incomplete = isWhole ? undefined : t('download.incomplete', { count: shownNumber(rows.length) })
      setMissing(incomplete)
      const called = isWhole ? name : `${name}-first-${rows.length}-rows`
      if (form === 'csv') {
        const lines = [head, ...rows.map(cells), ...(incomplete === undefined ? [] : [[incomplete]])]
        save(`${called}.csv`, csvOf(lines), 'text/csv;charset=utf-8')
      } else {
        const told = { ...(incomplete === undefined ? {} : { incomplete }), items: rows }
        save(`${called}.json`, JSON.stringify(told, null, 2), 'application/json')
      }
    } catch (thrown) {
      if (!stop.signal.aborted) setError(thrown)
    } finally {
      setCount(undefined)
    }
  }
  return (
    <>
      {error !== undefined && <Failure error={error} />}
      {missing !== undefined && <Message tone="warning" title={missing} alert />}
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
