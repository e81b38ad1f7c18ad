import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { More } from '../parts/more.tsx'
import { NoMatch } from '../parts/no-match.tsx'
import { usePages } from '../parts/pages.ts'
import { SearchField } from '../parts/search-field.tsx'
import { useTypedFilter } from '../parts/typed-filter.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'

interface GroupMembersProps {
  readonly name: string
  readonly directoryKey: string
  readonly groupId: string
  /** A day; now when absent. */
  readonly at: string | undefined
}

/** Who is in one group, or was on a day, with the connection that vouches. */
export function GroupMembers({ name, directoryKey, groupId, at }: GroupMembersProps) {
  const [text, setText] = useState('')
  const [typed, setTyped] = useTypedFilter(text, setText)
  const query = usePages(['groups', directoryKey, groupId, at, text], 100, (page, signal) => {
    const asked = { ...page, ...(at === undefined ? {} : { at }), ...(text === '' ? {} : { text }) }
    return api.groups.members({ params: { directoryKey, groupId }, query: asked }, { signal })
  })
  return (
    <>
      <h2 style={{ margin: 0 }}>{name}</h2>
      <SearchField label={t('groups.searchMembers')} value={typed} onType={setTyped} />
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          text === '' ? (
            <Empty title={t('groups.empty')}>{t('groups.emptyLead')}</Empty>
          ) : (
            <NoMatch title={t('groups.filteredMembers')} clear={() => setTyped('')} />
          )
        }
      >
        {({ pages }) => (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('groups.member')}</th>
                  <th>{t('groups.by')}</th>
                  <th>{t('groups.since')}</th>
                </tr>
              </thead>
              <tbody>
                {pages
                  .flatMap(({ items }) => items)
                  .map(({ accountId, label, grantedBy, since }) => (
                    <tr key={accountId}>
                      <td className="break in-text">
                        <Link to="/people/one" search={{ person: accountId }}>
                          {label}
                        </Link>
                      </td>
                      <td>{grantedBy ?? <span className="subtle">{t('groups.foreign')}</span>}</td>
                      <td>
                        <When at={since} short />
                      </td>
                    </tr>
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
