import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { RunView } from '../../contract/runs.ts'
import { now } from '../clock.ts'
import { toneOf } from '../parts/run-state.tsx'
import { plannedCount } from '../runs/planned.tsx'
import { listed, shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { shortTime } from '../words/times.ts'
import { heightOf, placeOf, type Span } from './geometry.ts'
import { Picture } from './picture.tsx'
import { recentRunsQuery } from './queries.ts'

const hour = 3_600_000
const spans = { day: 24 * hour, week: 7 * 24 * hour, month: 30 * 24 * hour } as const
type SpanName = keyof typeof spans
const spanNames = ['day', 'week', 'month'] as const satisfies readonly SpanName[]

/** One lane for each connection; a block is a run, its colour the state, its height the number of changes it planned. */
export function RunTimeline() {
  const [chosen, setChosen] = useState<SpanName>()
  const { data } = useQuery(recentRunsQuery)
  if (data === undefined || data.items.length === 0) return null
  const until = now()
  const newest = data.items.reduce((last, run) => Math.max(last, lastMoment(run)), 0)
  const name = chosen ?? spanNames.find((each) => newest >= until - spans[each]) ?? 'month'
  const span = { from: until - spans[name], until }
  const runs = data.items.filter((run) => lastMoment(run) >= span.from)
  const lanes = [...Map.groupBy(runs, ({ connection }) => connection)].sort(([left], [right]) =>
    left.localeCompare(right),
  )
  const oldest = data.items.at(-1)
  const isCut = data.next !== undefined && oldest !== undefined && Date.parse(oldest.startedAt) > span.from
  return (
    <Picture
      title={t('picture.timeline')}
      sentence={
        t('picture.timelineSentence', { runs: runs.length, connections: lanes.length, span: name }) +
        (isCut ? ` ${t('picture.cut', { count: data.items.length })}` : '')
      }
      choice={
        // biome-ignore lint/a11y/useSemanticElements: a fieldset draws a border and wants a legend
        <div className="row" role="group" aria-label={t('picture.span')}>
          {spanNames.map((each) => (
            <Button
              key={each}
              size="compact-sm"
              variant={each === name ? 'light' : 'subtle'}
              aria-pressed={each === name}
              onClick={() => setChosen(each)}
            >
              {t(`picture.span.${each}`)}
            </Button>
          ))}
        </div>
      }
      table={<LaneTable lanes={lanes} />}
    >
      <div className="lanes">
        {lanes.map(([connection, ofLane]) => (
          <Lane key={connection} connection={connection} runs={ofLane} span={span} highest={highestOf(runs)} />
        ))}
        <span />
        <div className="lane-axis">
          {[0, 1, 2, 3, 4].map((quarter) => (
            <span key={quarter} style={{ left: `${quarter * 25}%` }}>
              {shortTime(new Date(span.from + (spans[name] * quarter) / 4).toISOString())}
            </span>
          ))}
        </div>
      </div>
      <ul className="legend">
        {[...new Set(runs.map(({ state }) => state))].map((state) => (
          <li key={state}>
            <span className="tone-block" data-tone={toneOf(state)} /> {t(`run.state.${state}`)}
          </li>
        ))}
      </ul>
    </Picture>
  )
}

interface LaneProps {
  readonly connection: string
  readonly runs: readonly RunView[]
  readonly span: Span
  readonly highest: number
}

function Lane({ connection, runs, span, highest }: LaneProps) {
  const navigate = useNavigate()
  return (
    <>
      <span className="cut subtle">{connection}</span>
      <div className="lane">
        {runs.map((run) => {
          const left = placeOf(Date.parse(run.startedAt), span)
          const width = placeOf(lastMoment(run), span) - left
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the table below has the same as links
            // biome-ignore lint/a11y/useKeyWithClickEvents: as above
            <div
              key={run.id}
              className="lane-run tone-block"
              data-tone={toneOf(run.state)}
              style={{
                left: `min(${left}%, 100% - 6px)`,
                width: `max(6px, ${width}%)`,
                height: heightIn(run, highest),
              }}
              title={`#${run.number} ${t(`run.state.${run.state}`)}, ${shortTime(run.startedAt)}: ${t('picture.changes', { count: plannedCount(run) })}`}
              onClick={() => void navigate({ to: '/runs/$run', params: { run: String(run.number) } })}
            />
          )
        })}
      </div>
    </>
  )
}

function LaneTable({ lanes }: { readonly lanes: readonly (readonly [string, readonly RunView[]])[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{t('run.connection')}</th>
          <th className="right">{t('runs.title')}</th>
          <th>{t('run.state')}</th>
          <th className="right">{t('runs.changes')}</th>
          <th>{t('overview.lastRun')}</th>
        </tr>
      </thead>
      <tbody>
        {lanes.map(([connection, runs]) => (
          <tr key={connection}>
            <td>
              <Link to="/connections/$key" params={{ key: connection }}>
                {connection}
              </Link>
            </td>
            <td className="right num">{shownNumber(runs.length)}</td>
            <td>
              {listed(
                [...Map.groupBy(runs, ({ state }) => state)].map(
                  ([state, those]) => `${shownNumber(those.length)} ${t(`run.state.${state}`).toLowerCase()}`,
                ),
              )}
            </td>
            <td className="right num">{shownNumber(runs.reduce((sum, run) => sum + plannedCount(run), 0))}</td>
            <td>
              {runs[0] !== undefined && (
                <Link to="/runs/$run" params={{ run: String(runs[0].number) }}>
                  #{runs[0].number}
                </Link>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** When it ended; what still goes on lasts until now. */
function lastMoment({ startedAt, endedAt, state }: RunView): number {
  if (endedAt !== undefined) return Date.parse(endedAt)
  return state === 'planning' || state === 'applying' ? now() : Date.parse(startedAt)
}

function highestOf(runs: readonly RunView[]): number {
  return runs.reduce((highest, run) => Math.max(highest, plannedCount(run)), 0)
}

/** A run without a change is a line at the bottom: it read both sides and found them equal. */
function heightIn(run: RunView, highest: number): string {
  return `max(4px, ${heightOf(plannedCount(run), highest)}%)`
}
