import { Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { api } from '../api.ts'
import { endsQuery } from '../ends/queries.ts'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { More } from '../parts/more.tsx'
import { NoMatch } from '../parts/no-match.tsx'
import { Page } from '../parts/page.tsx'
import { usePages } from '../parts/pages.ts'
import { SearchField } from '../parts/search-field.tsx'
import { useTypedFilter } from '../parts/typed-filter.ts'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { GroupMembers } from './group-members.tsx'
import { type GroupsSearch, groupsSearch } from './search.ts'

const route = getRouteApi('/groups')

/** Groups of a target with their members, and who vouches for each. */
export function GroupsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const targets = useQuery(endsQuery('targets'))
  const target = search.target ?? targets.data?.items[0]?.key
  const go = (part: GroupsSearch) =>
    void navigate({ search: (before) => groupsSearch({ ...before, ...part }), replace: true })
  const [typed, setTyped] = useTypedFilter(search.text ?? '', (text) => go({ text }))
  return (
    <Page title={t('groups.title')} lead={t('groups.lead')}>
      <Loaded
        query={targets}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('end.empty.targets')}>{t('end.emptyLead.targets')}</Empty>}
      >
        {({ items }) => (
          <>
            <div className="row" style={{ alignItems: 'flex-end' }}>
              <Select
                label={t('groups.directory')}
                data={items.map(({ key, displayName }) => ({ value: key, label: displayName ?? key }))}
                value={target ?? null}
                onChange={(value) => go({ target: value ?? '', group: '' })}
              />
              <SearchField label={t('groups.search')} value={typed} onType={setTyped} />
              <TextInput
                label={t('groups.at')}
                type="date"
                value={search.at ?? ''}
                onChange={(event) => go({ at: event.currentTarget.value })}
              />
            </div>
            {target !== undefined && (
              <Lists target={target} search={search} choose={(group) => go({ group })} clear={() => setTyped('')} />
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Lists({
  target,
  search,
  choose,
  clear,
}: {
  readonly target: string
  readonly search: GroupsSearch
  readonly choose: (group: string) => void
  readonly clear: () => void
}) {
  const { text, group, at } = search
  const query = usePages(['groups', target, text], 100, (page, signal) =>
    api.groups.list({ query: { target, ...page, ...(text === undefined ? {} : { text }) } }, { signal }),
  )
  return (
    <Loaded
      query={query}
      isEmpty={({ pages }) => pages[0]?.items.length === 0}
      empty={
        text === undefined ? (
          <Empty title={t('groups.none')}>{t('groups.emptyLead')}</Empty>
        ) : (
          <NoMatch title={t('groups.filtered')} clear={clear} />
        )
      }
    >
      {({ pages }) => {
        const groups = pages.flatMap(({ items }) => items)
        const chosen = groups.find(({ id }) => id === group)
        return (
          <div className="columns">
            <div className="stack-tight">
              <div className="table-wrap">
                <table className="table">
                  <thead>
                    <tr>
                      <th>{t('groups.name')}</th>
                      <th className="right">{t('groups.members')}</th>
                      <th className="right">{t('groups.granted')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {groups.map(({ id, name, members, granted }) => (
                      <tr key={id}>
                        <td>
                          <button
                            type="button"
                            className="plain link"
                            aria-pressed={id === group}
                            onClick={() => choose(id)}
                          >
                            {name}
                          </button>
                        </td>
                        <td className="right num">{shownNumber(members)}</td>
                        <td className="right num">{shownNumber(granted)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <More query={query} />
            </div>
            <div className="stack-tight">
              {chosen === undefined ? (
                <div className="subtle">{t('groups.pick')}</div>
              ) : (
                <GroupMembers
                  key={chosen.id}
                  name={chosen.name}
                  directoryKey={chosen.directoryKey}
                  groupId={chosen.id}
                  at={at}
                />
              )}
            </div>
          </div>
        )
      }}
    </Loaded>
  )
}
