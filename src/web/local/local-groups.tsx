import { Button, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { NoMatch } from '../parts/no-match.tsx'
import { usePages } from '../parts/pages.ts'
import { SearchField } from '../parts/search-field.tsx'
import { useTypedFilter } from '../parts/typed-filter.ts'
import { t } from '../words/t.ts'

/** Groups of a built-in directory with their direct members. */
export function LocalGroups({ source }: { readonly source: string }) {
  const queries = useQueryClient()
  const mayEdit = useMay('admin')
  const [name, setName] = useState('')
  const [error, setError] = useState<unknown>()
  const [text, setText] = useState('')
  const [typed, setTyped] = useTypedFilter(text, setText)
  const query = usePages(['local', source, 'groups', text], 100, (page, signal) =>
    api.local.groups({ params: { source }, query: { ...page, ...(text === '' ? {} : { text }) } }, { signal }),
  )
  const add = async (event: FormEvent) => {
    event.preventDefault()
    setError(undefined)
    try {
      await api.local.putGroup({ params: { source, key: name }, body: { name } })
      setName('')
      await queries.invalidateQueries({ queryKey: ['local', source] })
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <section className="stack-tight">
      <h2 style={{ margin: 0 }}>{t('local.groups')}</h2>
      {mayEdit && (
        <form className="row" onSubmit={add} style={{ alignItems: 'flex-end' }}>
          <TextInput
            label={t('groups.name')}
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            {t('local.addGroup')}
          </Button>
        </form>
      )}
      {error !== undefined && <Failure error={error} />}
      <SearchField label={t('local.searchGroups')} value={typed} onType={setTyped} width={320} />
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          text === '' ? (
            <div className="subtle">{t('local.noGroups')}</div>
          ) : (
            <NoMatch title={t('groups.filtered')} clear={() => setTyped('')} />
          )
        }
      >
        {({ pages }) => (
          <div className="stack-tight">
            {pages
              .flatMap(({ items }) => items)
              .map((group) => (
                <Group key={group.key} source={source} group={group} mayEdit={mayEdit} />
              ))}
          </div>
        )}
      </Loaded>
      <More query={query} />
    </section>
  )
}

/** Members are asked for when somebody opens the group. */
function Group({
  source,
  group,
  mayEdit,
}: {
  readonly source: string
  readonly group: { readonly key: string; readonly name: string }
  readonly mayEdit: boolean
}) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{group.name}</summary>
      {isOpen && <Members source={source} group={group.key} mayEdit={mayEdit} />}
    </details>
  )
}

function Members({
  source,
  group,
  mayEdit,
}: {
  readonly source: string
  readonly group: string
  readonly mayEdit: boolean
}) {
  const queries = useQueryClient()
  const [person, setPerson] = useState('')
  const [error, setError] = useState<unknown>()
  const query = usePages(['local', source, 'members', group], 100, (page, signal) =>
    api.local.members({ params: { source, key: group }, query: page }, { signal }),
  )
  const act = async (work: Promise<unknown>) => {
    setError(undefined)
    try {
      await work
      setPerson('')
      await queries.invalidateQueries({ queryKey: ['local', source, 'members', group] })
    } catch (thrown) {
      setError(thrown)
    }
  }
  // People are called by their username here; what a group holds is their key, which a connection may have chosen.
  const add = async () => {
    const { items } = await api.local.people({ params: { source }, query: { text: person, limit: 1000 } })
    const key = items.find(({ userName }) => userName.toLowerCase() === person.toLowerCase())?.key ?? person
    await api.local.addMember({ params: { source, key: group }, body: { kind: 'user', key } })
  }
  return (
    <div className="stack-tight">
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<div className="subtle">{t('local.noMembers')}</div>}
      >
        {({ pages }) => (
          <ul className="list">
            {pages
              .flatMap(({ items }) => items)
              .map(({ kind, key, name }) => (
                <li key={`${kind}${key}`} className="row">
                  <span className="grow break">{name}</span>
                  {mayEdit && (
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      color="gray"
                      aria-label={`${t('local.removeMember')}: ${name}`}
                      onClick={() =>
                        void act(api.local.removeMember({ params: { source, key: group, kind, member: key } }))
                      }
                    >
                      {t('local.removeMember')}
                    </Button>
                  )}
                </li>
              ))}
          </ul>
        )}
      </Loaded>
      <More query={query} />
      {mayEdit && (
        <form
          className="row"
          style={{ alignItems: 'flex-end' }}
          onSubmit={(event) => {
            event.preventDefault()
            void act(add())
          }}
        >
          <TextInput
            label={t('local.userName')}
            required
            value={person}
            onChange={(event) => setPerson(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            {t('action.add')}
          </Button>
        </form>
      )}
      {error !== undefined && <Failure error={error} />}
    </div>
  )
}
