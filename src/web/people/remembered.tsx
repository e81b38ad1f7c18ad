import type { RecollectionView } from '../../contract/why.ts'
import { sortOf } from '../parts/change-bar.tsx'
import { Message } from '../parts/message.tsx'
import { When } from '../parts/when.tsx'
import { kindName } from '../plan/kind-name.ts'
import { subjectOf } from '../plan/subject.ts'
import { RunLink } from '../runs/run-link.tsx'
import { t } from '../words/t.ts'

/** What is known of somebody without reading anything again: every membership with who vouches, and all that was done. */
export function Remembered({ recollection }: { readonly recollection: RecollectionView }) {
  const { label, steps, memberships, history, workItems } = recollection
  return (
    <article className="card stack in-text">
      <h3 style={{ margin: 0, fontSize: 16 }} className="break">
        {label}
      </h3>
      <ol className="stack-tight" style={{ margin: 0, paddingLeft: 20 }}>
        {steps.map(({ step, text }) => (
          <li key={`${step}${text}`}>{text}</li>
        ))}
      </ol>
      {workItems.map(({ number, message }) => (
        <Message key={number} tone="warning" title={message} />
      ))}
      {memberships.length > 0 && (
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th>{t('people.memberOf')}</th>
                <th>{t('people.since')}</th>
                <th>{t('people.vouches')}</th>
              </tr>
            </thead>
            <tbody>
              {memberships.map(({ id, name, since, run, grants }) => (
                <tr key={id}>
                  <td>
                    <strong className="break">{name}</strong>
                  </td>
                  <td>
                    <When at={since} short /> <RunLink run={run} />
                  </td>
                  <td>
                    {grants.length === 0 && <span className="subtle">{t('people.notOurs')}</span>}
                    {grants.map((grant) => (
                      <div key={`${grant.connection}${grant.rule}`}>
                        {grant.connection}: <code>{grant.rule}</code>
                      </div>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {history.length > 0 && (
        <div className="stack-tight">
          <strong>{t('people.history')}</strong>
          <ul className="list stack-tight">
            {history.map((row) => (
              <li key={`${row.run}-${row.seq}`}>
                <When at={row.at} short /> <span className={`tone-${sortOf(row.kind)}`}>{kindName(row.kind)}:</span>{' '}
                {subjectOf(row)}, {t(`outcome.${row.outcome}`)} <RunLink run={row.run} />
                <span className="subtle small" style={{ display: 'block' }}>
                  {row.sentence}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </article>
  )
}
