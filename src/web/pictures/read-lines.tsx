import { Link } from '@tanstack/react-router'
import type { RunView } from '../../contract/runs.ts'
import { When } from '../parts/when.tsx'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { shortTime } from '../words/times.ts'
import { acrossOf, linePoints, roundUp } from './geometry.ts'
import { Picture } from './picture.tsx'

/** What is counted at every read, by its name in the plan. */
const lines = ['sourceUsers', 'sourceUsersInScope', 'sourceGroups', 'targetAccounts'] as const

/** How much each run read: a source that suddenly answers with half of its people is seen at a glance. */
export function ReadLines({ runs }: { readonly runs: readonly RunView[] }) {
  const whole = runs.filter(({ read }) => read?.sourceUsers !== undefined)
  if (whole.length === 0) return null
  const highest = roundUp(
    whole.reduce((most, { read }) => Math.max(most, ...lines.map((name) => read?.[name] ?? 0)), 0),
  )
  const [first, last] = [whole[0], whole.at(-1)]
  return (
    <Picture
      title={t('picture.reads')}
      sentence={t('picture.readsSentence', {
        runs: whole.length,
        before: first?.read?.sourceUsers ?? 0,
        now: last?.read?.sourceUsers ?? 0,
      })}
      table={<ReadTable runs={whole.toReversed()} />}
    >
      <div className="reads">
        <div className="reads-axis subtle small num">
          <span>{shownNumber(highest)}</span>
          <span>{shownNumber(highest / 2)}</span>
          <span>0</span>
        </div>
        <div className="reads-field">
          {/* biome-ignore lint/a11y/noSvgWithoutTitle: the figure around it is hidden from readers; its table says the same */}
          <svg viewBox="0 0 100 100" preserveAspectRatio="none">
            <path d="M0 0H100M0 50H100M0 100H100" className="reads-grid" />
            {lines.map((name) => (
              <polyline
                key={name}
                className="reads-line"
                data-line={name}
                points={linePoints(
                  whole.map(({ read }) => read?.[name]),
                  highest,
                )}
              />
            ))}
          </svg>
          {whole.map((run, index) => (
            <span
              key={run.id}
              className="reads-run"
              style={{ left: `${acrossOf(index, whole.length)}%`, width: `${100 / whole.length}%` }}
              title={`#${run.number}, ${shortTime(run.startedAt)}: ${lines.map((name) => `${t(`picture.read.${name}`)} ${shownNumber(run.read?.[name] ?? 0)}`).join(', ')}`}
            />
          ))}
        </div>
      </div>
      <ul className="legend">
        {lines.map((name) => (
          <li key={name}>
            <span className="legend-line" data-line={name} /> {t(`picture.read.${name}`)}
          </li>
        ))}
      </ul>
    </Picture>
  )
}

function ReadTable({ runs }: { readonly runs: readonly RunView[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{t('run.number')}</th>
          <th>{t('run.started')}</th>
          {lines.map((name) => (
            <th key={name} className="right">
              {t(`picture.read.${name}`)}
            </th>
          ))}
          <th className="right">{t('picture.read.unproven')}</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td className="num">
              <Link to="/runs/$run" params={{ run: String(run.number) }}>
                #{run.number}
              </Link>
            </td>
            <td>
              <When at={run.startedAt} short />
            </td>
            {lines.map((name) => (
              <td key={name} className="right num">
                {shownNumber(run.read?.[name] ?? 0)}
              </td>
            ))}
            <td className="right num">{shownNumber(run.read?.unproven ?? 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
