import { Link } from '@tanstack/react-router'
import type { DriftView } from '../../contract/drift.ts'
import { When } from '../parts/when.tsx'
import { RunLink } from '../runs/run-link.tsx'
import { t } from '../words/t.ts'

/** Differences, each with what the next plan makes of it. */
export function FindingTable({
  connection,
  found,
}: {
  readonly connection: string
  readonly found: readonly DriftView[]
}) {
  return (
    <div className="table-wrap">
      <table className="table" aria-label={connection}>
        <thead>
          <tr>
            <th>{t('drift.who')}</th>
            <th>{t('drift.what')}</th>
            <th>{t('drift.since')}</th>
          </tr>
        </thead>
        <tbody className="in-text">
          {found.map((each) => (
            <Finding key={keyOf(each)} finding={each} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Finding({ finding }: { readonly finding: DriftView }) {
  const { kind, found, next, account, group, attribute, left, seenSince, seenByRun } = finding
  const now = nowText(finding)
  const place = group?.name ?? attribute
  return (
    <tr>
      <td className="break who">
        {account !== undefined && (
          <Link to="/people/one" search={{ person: account.id }}>
            {account.label}
          </Link>
        )}
        {place !== undefined && <div>{place}</div>}
      </td>
      <td>
        <strong>{t(`drift.kind.${kind}`)}</strong>: {found}
        {now !== undefined && (
          <div className="break">
            {t('drift.now', { now })}
            {left !== undefined && `; ${t('drift.left', { left })}`}
          </div>
        )}
        <div className="subtle small">{t('drift.next', { what: next })}</div>
      </td>
      <td>
        {seenSince === undefined ? (
          <span className="subtle">{t('drift.thisLook')}</span>
        ) : (
          <>
            <When at={seenSince} short />
            {seenByRun !== undefined && (
              <div>
                <RunLink run={seenByRun} />
              </div>
            )}
          </>
        )}
      </td>
    </tr>
  )
}

/** What is there now, as far as the difference is one of a value. */
export function nowText({ now }: DriftView): string | undefined {
  if (now === undefined) return undefined
  if (now === null || now.length === 0) return t('drift.nowEmpty')
  return typeof now === 'string' ? now : now.join(', ')
}

function keyOf({ kind, account, group, attribute }: DriftView): string {
  return JSON.stringify([kind, account?.id, group?.id, attribute])
}
