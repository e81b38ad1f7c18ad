import { Link } from '@tanstack/react-router'
import type { PersonThere } from '../../contract/people.ts'
import { When } from '../parts/when.tsx'
import { kindName } from '../plan/kind-name.ts'
import { RunLink } from '../runs/run-link.tsx'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { AccountState } from './account-state.tsx'

/** One row for each connection: record, account, state, and what is open. */
export function AtAGlance({ connections }: { readonly connections: readonly PersonThere[] }) {
  return (
    <div className="table-wrap">
      <table className="table" aria-label={t('person.glance')}>
        <thead>
          <tr>
            <th>{t('person.connection')}</th>
            <th>{t('person.record')}</th>
            <th>{t('person.account')}</th>
            <th className="right">{t('person.groups')}</th>
            <th>{t('person.open')}</th>
            <th>{t('person.last')}</th>
            <th>{t('person.readBy')}</th>
          </tr>
        </thead>
        <tbody>
          {connections.map((there) => (
            <Row key={`${there.connection} ${there.sourceKey} ${there.accountId}`} there={there} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ there }: { readonly there: PersonThere }) {
  const { connection, source, target, sourceKey, memberships, pending, lastChange, workItems, run } = there
  return (
    <tr>
      <td className="in-text">
        <Link to="/connections/$key" params={{ key: connection }}>
          {connection}
        </Link>
        <div className="subtle small nowrap">
          {source} → {target}
        </div>
      </td>
      <td className="break">{sourceKey ?? <span className="subtle">{t('person.noRecord')}</span>}</td>
      <td>
        <AccountState {...there} />
      </td>
      <td className="right num">{shownNumber(memberships.length)}</td>
      <td>
        <span className={pending.length === 0 ? 'subtle' : ''}>{t('person.openCount', { count: pending.length })}</span>
        {workItems.length > 0 && <div>{t('person.waitsCount', { count: workItems.length })}</div>}
      </td>
      <td>
        {lastChange === undefined ? (
          <span className="subtle">{t('person.nothingDone')}</span>
        ) : (
          <>
            {kindName(lastChange.kind)}
            <div className="subtle small">
              <When at={lastChange.at} short />
            </div>
          </>
        )}
      </td>
      <td className="nowrap in-text">{run !== undefined && <RunLink run={run} />}</td>
    </tr>
  )
}
