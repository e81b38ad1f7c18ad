import { Link } from '@tanstack/react-router'
import type { ExceptionView } from '../../contract/exceptions.ts'
import { api } from '../api.ts'
import { Standing } from '../decisions/standing.tsx'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { More } from '../parts/more.tsx'
import { usePages } from '../parts/pages.ts'
import { t } from '../words/t.ts'

/** What was decided about single memberships, accounts and values of a connection beside its rules, and still stands. */
export function ExceptionList({ connection }: { readonly connection: string }) {
  const query = usePages(['work', 'exceptions', connection], 100, (page, signal) =>
    api.exceptions.list({ params: { key: connection }, query: page }, { signal }),
  )
  return (
    <>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<Empty title={t('work.noException')}>{t('work.noExceptionLead')}</Empty>}
      >
        {({ pages }) => (
          <div className="table-wrap">
            <table className="table" aria-label={t('work.exceptions')}>
              <thead>
                <tr>
                  <th>{t('work.about')}</th>
                  <th>{t('work.decision')}</th>
                  <th>{t('decide.state')}</th>
                </tr>
              </thead>
              <tbody>
                {pages
                  .flatMap(({ items }) => items)
                  .map((each) => (
                    <Row key={each.id} connection={connection} exception={each} />
                  ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <More query={query} />
    </>
  )
}

function Row({ connection, exception }: { readonly connection: string; readonly exception: ExceptionView }) {
  const { label, kind, attribute, accountId, personKey, sentence, decidedBy, decidedAt, ...decided } = exception
  const person = personKey ?? accountId
  return (
    <tr>
      <td className="break in-text">
        {person === undefined ? (
          label
        ) : (
          <Link to="/people/one" search={{ person }}>
            {label}
          </Link>
        )}
        <div className="subtle small">
          {t(`drift.kind.${kind}`)} {attribute}
        </div>
      </td>
      <td>{sentence}</td>
      <td>
        <Standing
          connection={connection}
          label={label}
          decided={{ ...decided, sentence, by: decidedBy, at: decidedAt }}
        />
      </td>
    </tr>
  )
}
