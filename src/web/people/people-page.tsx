import { Button, Checkbox, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { api } from '../api.ts'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { Message } from '../parts/message.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { Answer } from './answer.tsx'
import { Remembered } from './remembered.tsx'
import { type PeopleSearch, peopleSearch } from './search.ts'

const route = getRouteApi('/people')

/** One person: why they have what they have, from what is remembered, as it was after a run, or from a fresh read. */
export function PeoplePage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const leave = useNavigate()
  const [person, setPerson] = useState(search.person ?? '')
  const [group, setGroup] = useState(search.group ?? '')
  const [at, setAt] = useState(String(search.at ?? ''))
  const [isFresh, setIsFresh] = useState(search.fresh === true)
  const mayRead = useMay('operator')
  // Whoever comes from the search while this page is open asks about somebody else.
  useEffect(() => setPerson(search.person ?? ''), [search.person])
  const ask = (event: FormEvent) => {
    event.preventDefault()
    const asked = { person: person.trim(), group: group.trim(), at: at.trim() === '' ? undefined : Number(at) }
    void navigate({ search: peopleSearch({ ...asked, ...(isFresh ? { fresh: true } : {}) }) })
  }
  return (
    <Page title={t('people.title')} lead={t('people.lead')}>
      <form className="stack-tight" onSubmit={ask}>
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <TextInput
            label={t('people.person')}
            description={t('people.personHelp')}
            required
            w={340}
            value={person}
            onChange={(event) => setPerson(event.currentTarget.value)}
          />
          <TextInput
            label={t('people.group')}
            description={t('people.groupHelp')}
            w={340}
            value={group}
            onChange={(event) => setGroup(event.currentTarget.value)}
          />
          <TextInput
            label={t('people.at')}
            description={t('people.atHelp')}
            w={180}
            inputMode="numeric"
            pattern="[0-9]*"
            disabled={isFresh}
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
        </div>
        <div className="row">
          <Button type="submit">{t('people.ask')}</Button>
          <Button
            variant="default"
            disabled={person.trim() === ''}
            onClick={() => void leave({ to: '/people/one', search: { person: person.trim() } })}
          >
            {t('person.everything')}
          </Button>
          {mayRead && (
            <Checkbox
              label={t('people.fresh')}
              checked={isFresh}
              onChange={(event) => {
                setIsFresh(event.currentTarget.checked)
                setAt('')
              }}
            />
          )}
        </div>
      </form>
      {search.person !== undefined && <Answers {...search} person={search.person} />}
    </Page>
  )
}

function Answers({ person, group, at, fresh }: PeopleSearch & { readonly person: string }) {
  const query = useQuery({
    queryKey: ['why', person, group, at, fresh],
    queryFn: () =>
      api.why.ask({
        query: {
          person,
          ...(group === undefined ? {} : { group }),
          ...(at === undefined ? {} : { at }),
          ...(fresh === true ? { fresh: 'true' as const } : {}),
        },
      }),
    retry: false,
  })
  return (
    <Loaded query={query}>
      {({ connections }) => (
        <>
          {connections.map(({ connection, source, target, people, remembered, facts, error }) => (
            <section key={connection} className="stack-tight">
              <h2 style={{ margin: 0 }}>
                {connection}{' '}
                <span className="subtle small">
                  {source} → {target}
                </span>
              </h2>
              {facts !== undefined && (
                <div className="subtle">
                  {t('people.facts')} <When at={facts.sourceAt} short />
                  {facts.run !== undefined && ` (${t('run.number')} ${facts.run})`}
                </div>
              )}
              {error !== undefined && (
                <Message tone="warning" title={error.message}>
                  {error.hint !== undefined && <div>{error.hint}</div>}
                </Message>
              )}
              {error === undefined && people.length + remembered.length === 0 && (
                <div className="subtle">{t('people.nobody')}</div>
              )}
              {people.map((answer) => (
                <Answer key={answer.sourceKey ?? answer.label} answer={answer} connection={connection} />
              ))}
              {remembered.map((recollection) => (
                <Remembered key={recollection.sourceKey ?? recollection.label} recollection={recollection} />
              ))}
            </section>
          ))}
        </>
      )}
    </Loaded>
  )
}
