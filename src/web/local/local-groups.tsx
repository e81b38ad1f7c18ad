import { Button, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { t } from '../words/t.ts'

/** Groups of a built-in directory with their direct members. */
export function LocalGroups({ source }: { readonly source: string }) {
  const queries = useQueryClient()
  const mayEdit = useMay('admin')
  const [name, setName] = useState('')
  const [error, setError] = useState<unknown>()
  const query = useQuery({
    queryKey: ['local', source, 'groups'],
    queryFn: () => api.local.groups({ params: { source }, query: { limit: 1000 } }),
  })
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
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<div className="subtle">{t('local.noGroups')}</div>}
      >
        {({ items }) => (
          <div className="stack-tight">
            {items.map((group) => (
              <details key={group.key} className="card">
                <summary>{group.name}</summary>
                <Members source={source} group={group.key} mayEdit={mayEdit} />
              </details>
            ))}
          </div>
        )}
      </Loaded>
    </section>
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
  const query = useQuery({
    queryKey: ['local', source, 'members', group],
    queryFn: () => api.local.members({ params: { source, key: group }, query: { limit: 1000 } }),
  })
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
  return (
    <div className="stack-tight">
      <Loaded query={query}>
        {({ items }) => (
          <ul className="list">
            {items.map(({ kind, key }) => (
              <li key={`${kind}${key}`} className="row">
                <span className="grow">{key}</span>
                {mayEdit && (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    color="gray"
                    aria-label={`${t('action.delete')}: ${key}`}
                    onClick={() =>
                      void act(api.local.removeMember({ params: { source, key: group, kind, member: key } }))
                    }
                  >
                    {t('action.delete')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {mayEdit && (
        <form
          className="row"
          style={{ alignItems: 'flex-end' }}
          onSubmit={(event) => {
            event.preventDefault()
            void act(api.local.addMember({ params: { source, key: group }, body: { kind: 'user', key: person } }))
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
