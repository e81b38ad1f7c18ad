import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { FoundPerson } from '../../contract/sources.ts'
import type { WhyReport } from '../../contract/why.ts'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'
import { useRules } from './rules.tsx'

/** Somebody real, on whom the rules are shown while they are edited. */
export interface Trial {
  readonly person: FoundPerson
  /** What the target has now, by attribute; empty for a connection that is not saved yet. */
  readonly actual: Readonly<Record<string, string | null>>
}

/** Asks for a login and reads that person at the source; of a saved connection also what the target has now. */
export function TrialPicker({ found }: { readonly found: (trial: Trial | undefined) => void }) {
  const { connection, document } = useRules()
  const [login, setLogin] = useState('')
  const find = useMutation({
    mutationFn: async () => {
      const wanted = login.trim()
      const [report, why] = await Promise.all([
        api.sources.find({ params: { key: String(document.source) }, query: { login: wanted, depth: 'groups' } }),
        connection === undefined ? undefined : answerOf(connection, wanted),
      ])
      const [person] = report.people
      return person === undefined ? undefined : { person, actual: actualOf(why) }
    },
    onSuccess: found,
  })
  const ask = (event: FormEvent) => {
    event.preventDefault()
    if (login.trim() !== '') find.mutate()
  }
  return (
    <div className="stack-tight">
      <form className="row" onSubmit={ask} style={{ alignItems: 'flex-end' }}>
        <TextInput
          label={t('rules.tryPerson')}
          description={t('rules.tryPersonHelp')}
          w={360}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={find.isPending}>
          {t('rules.tryShow')}
        </Button>
      </form>
      {find.error !== null && <Failure error={find.error} />}
      {find.isSuccess && find.data === undefined && <div>{t('end.findEmpty')}</div>}
    </div>
  )
}

/** Without the target the rules can still be tried, so that what it refuses is no failure here. */
async function answerOf(connection: string, person: string): Promise<WhyReport | undefined> {
  return await api.why.ask({ query: { person, connection, fresh: 'true' } }).catch(() => undefined)
}

function actualOf(why: WhyReport | undefined): Trial['actual'] {
  const attributes = why?.connections[0]?.people[0]?.attributes ?? []
  return Object.fromEntries(attributes.flatMap(({ name, actual }) => (actual === undefined ? [] : [[name, actual]])))
}

/** What a run would do with the person under the rules as they are edited, beside what it would do now. */
export function Supposed({ person }: { readonly person: FoundPerson }) {
  const { connection, document } = useRules()
  const suppose = useMutation({
    mutationFn: () =>
      api.why.suppose({
        // A configuration file may be written as JSON.
        body: {
          person: person.key,
          connection,
          yaml: JSON.stringify({ connections: { [connection ?? '']: document } }),
        },
      }),
  })
  if (connection === undefined) return null
  const answer = suppose.data?.connections[0]
  const difference = answer?.people[0]?.difference
  return (
    <div className="stack-tight">
      <div>
        <Button variant="default" size="xs" loading={suppose.isPending} onClick={() => suppose.mutate()}>
          {t('rules.suppose')}
        </Button>
      </div>
      {suppose.error !== null && <Failure error={suppose.error} />}
      {answer?.error !== undefined && <Message tone="warning" title={answer.error.message} />}
      {difference !== undefined && (
        <Message
          tone="info"
          title={t(difference.more.length + difference.fewer.length === 0 ? 'rules.sameEffect' : 'rules.otherEffect')}
        >
          {difference.more.length + difference.fewer.length > 0 && (
            <ul>
              {difference.more.map((text) => (
                <li key={text}>
                  <span className="tone-create">{t('rules.then')}</span> {text}
                </li>
              ))}
              {difference.fewer.map((text) => (
                <li key={text}>
                  <span className="tone-remove">{t('rules.notThen')}</span> {text}
                </li>
              ))}
            </ul>
          )}
        </Message>
      )}
    </div>
  )
}
