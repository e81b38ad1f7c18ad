import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { WhyAnswer } from '../../contract/why.ts'
import { api } from '../api.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { Message } from '../parts/message.tsx'
import { OutlookChanges } from '../parts/outlook-changes.tsx'
import { Page } from '../parts/page.tsx'
import { t } from '../words/t.ts'

const route = getRouteApi('/people')

/** One person: why they have what they have, from the record to the membership. */
export function PeoplePage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [person, setPerson] = useState(search.person ?? '')
  const [group, setGroup] = useState(search.group ?? '')
  const ask = (event: FormEvent) => {
    event.preventDefault()
    void navigate({
      search: {
        ...(person.trim() === '' ? {} : { person: person.trim() }),
        ...(group.trim() === '' ? {} : { group: group.trim() }),
      },
    })
  }
  return (
    <Page title={t('people.title')} lead={t('people.lead')}>
      <form className="row" onSubmit={ask} style={{ alignItems: 'flex-end' }}>
        <TextInput
          label={t('people.person')}
          description={t('people.personHelp')}
          required
          w={380}
          value={person}
          onChange={(event) => setPerson(event.currentTarget.value)}
        />
        <TextInput
          label={t('people.group')}
          description={t('people.groupHelp')}
          w={380}
          value={group}
          onChange={(event) => setGroup(event.currentTarget.value)}
        />
        <Button type="submit">{t('people.ask')}</Button>
      </form>
      {search.person !== undefined && <Answers person={search.person} group={search.group} />}
    </Page>
  )
}

function Answers({ person, group }: { readonly person: string; readonly group: string | undefined }) {
  const query = useQuery({
    queryKey: ['why', person, group],
    queryFn: () => api.why.ask({ query: { person, ...(group === undefined ? {} : { group }) } }),
    retry: false,
  })
  return (
    <Loaded query={query}>
      {({ connections }) => (
        <>
          {connections.map(({ connection, source, target, people, error }) => (
            <section key={connection} className="stack-tight">
              <h2 style={{ margin: 0 }}>
                {connection}{' '}
                <span className="subtle small">
                  {source} → {target}
                </span>
              </h2>
              {error !== undefined && (
                <Message tone="warning" title={error.message}>
                  {error.hint !== undefined && <div>{error.hint}</div>}
                </Message>
              )}
              {error === undefined && people.length === 0 && <div className="subtle">{t('people.nobody')}</div>}
              {people.map((answer) => (
                <Answer key={answer.sourceKey ?? answer.label} answer={answer} />
              ))}
            </section>
          ))}
        </>
      )}
    </Loaded>
  )
}

function Answer({ answer }: { readonly answer: WhyAnswer }) {
  const { label, steps, attributes, memberships, changes, workItems, unproven } = answer
  return (
    <article className="card stack">
      <h3 style={{ margin: 0, fontSize: 16 }} className="break">
        {label}
      </h3>
      <ol className="stack-tight" style={{ margin: 0, paddingLeft: 20 }}>
        {steps.map(({ step, text }) => (
          <li key={`${step}${text}`}>{text}</li>
        ))}
      </ol>
      {workItems.map(({ message }) => (
        <Message key={message} tone="warning" title={message} />
      ))}
      {unproven.length > 0 && <Message tone="warning" title={unproven.join(', ')} />}
      {memberships.length > 0 && (
        <div className="table-wrap">
          <table className="table">
            <tbody>
              {memberships.map(({ group, isMember, sentence, path, rule, grants }) => (
                <tr key={group.name}>
                  <td>
                    <strong>{group.name}</strong>
                  </td>
                  <td>
                    <Lozenge tone={isMember ? 'success' : 'neutral'}>
                      {t(isMember ? 'people.member' : 'people.notMember')}
                    </Lozenge>
                  </td>
                  <td>
                    {sentence}
                    {path !== undefined && path.length > 1 && <div className="subtle">{path.join(' > ')}</div>}
                  </td>
                  <td className="subtle small">
                    {rule !== undefined && <code>{rule}</code>}
                    {grants.map((grant) => (
                      <div key={`${grant.connection}${grant.rule}`}>
                        {grant.connection}: {grant.rule}
                      </div>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {attributes.length > 0 && (
        <table className="diff">
          <tbody>
            {attributes.map(({ name, wanted, actual, sentence }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  {actual ?? t('plan.value.none')}
                  {wanted !== undefined && wanted !== actual && <ins> → {wanted ?? t('plan.value.none')}</ins>}
                </td>
                <td className="subtle">{sentence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="stack-tight">
        <strong>{t('end.findChanges')}</strong>
        <OutlookChanges changes={changes} />
      </div>
    </article>
  )
}
