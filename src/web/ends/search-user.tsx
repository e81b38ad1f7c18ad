import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { FindReport, FoundPerson } from '../../contract/sources.ts'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { OutlookChanges } from '../parts/outlook-changes.tsx'
import { t } from '../words/t.ts'

/** "Search user": one person of a source, and what each connection would do with them. */
export function SearchUser({ source }: { readonly source: string }) {
  const [login, setLogin] = useState('')
  const find = useMutation({ mutationFn: () => api.sources.find({ params: { key: source }, query: { login } }) })
  const ask = (event: FormEvent) => {
    event.preventDefault()
    if (login.trim() !== '') find.mutate()
  }
  return (
    <section className="stack-tight">
      <h2 style={{ margin: 0 }}>{t('end.find')}</h2>
      <div className="subtle">{t('end.findLead')}</div>
      <form className="row" onSubmit={ask} style={{ alignItems: 'flex-end' }}>
        <TextInput
          label={t('end.findLogin')}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
          w={320}
        />
        <Button type="submit" variant="default" loading={find.isPending}>
          {t('end.find')}
        </Button>
      </form>
      {find.error !== null && <Failure error={find.error} />}
      {find.data !== undefined && <Report report={find.data} />}
    </section>
  )
}

function Report({ report: { records, people } }: { readonly report: FindReport }) {
  if (records.length === 0 && people.length === 0) return <div>{t('end.findEmpty')}</div>
  return (
    <div className="columns">
      {records.map(({ name, attributes, notes }) => (
        <div key={name} className="card stack-tight">
          <strong className="break">{name}</strong>
          {notes.map((note) => (
            <div key={note}>{note}</div>
          ))}
          <dl className="facts small">
            {attributes.map((attribute) => (
              <FragmentRow key={attribute.name} name={attribute.name} value={attribute.values.join(', ')} />
            ))}
          </dl>
        </div>
      ))}
      {people.map((person) => (
        <Person key={person.key} person={person} />
      ))}
    </div>
  )
}

function Person({ person: { mapped, groups, connections } }: { readonly person: FoundPerson }) {
  return (
    <div className="stack">
      <div className="card stack-tight">
        <strong>{t('end.findMapped')}</strong>
        <dl className="facts small">
          {Object.entries(mapped).map(([name, value]) => (
            <FragmentRow key={name} name={name} value={value ?? t('plan.value.none')} />
          ))}
        </dl>
        <strong>{t('end.findGroups')}</strong>
        <ul style={{ margin: 0, paddingLeft: 20 }}>
          {groups.map(({ key, path, name }) => (
            <li key={key}>{path.length > 1 ? path.join(' > ') : name}</li>
          ))}
        </ul>
      </div>
      {connections.map(({ connection, outlook, error }) => (
        <div key={connection} className="card stack-tight">
          <div className="row">
            <strong>{connection}</strong>
            {outlook !== undefined && outlook.scope !== 'unknown' && (
              <Lozenge tone={outlook.scope === 'in' ? 'success' : 'neutral'}>
                {t(outlook.scope === 'in' ? 'end.inScope' : 'end.outOfScope')}
              </Lozenge>
            )}
          </div>
          {error !== undefined && <div>{error.message}</div>}
          {outlook !== undefined && (
            <>
              {outlook.because !== undefined && <div>{outlook.because}</div>}
              {outlook.workItems.map(({ message }) => (
                <div key={message}>{message}</div>
              ))}
              <strong>{t('end.findChanges')}</strong>
              <OutlookChanges changes={outlook.changes} />
            </>
          )}
        </div>
      ))}
    </div>
  )
}

function FragmentRow({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
