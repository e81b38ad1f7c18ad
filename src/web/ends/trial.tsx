import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { SourceTrialView } from '../../contract/sources.ts'
import { api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { focusAnswer } from '../parts/focus.ts'
import { Lozenge } from '../parts/lozenge.tsx'
import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'
import type { Document } from './field-value.ts'

export interface TrialProps {
  readonly source: string
  /** The settings as they stand in the form; absent = as they are saved. Throws where a text cannot be a setting. */
  readonly settings?: () => Document
}

/** "Try it": the first answer, five people and one group, before anything is saved. */
export function Trial({ source, settings }: TrialProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const place = useRef<HTMLDivElement>(null)
  const ask = useMutation({
    mutationFn: async () =>
      await api.sources.tryOut({
        params: { key: source },
        body: settings === undefined ? {} : { document: { ...settings() } },
      }),
  })
  // Whoever asked by keyboard goes on reading where the answer begins.
  useEffect(() => {
    if (ask.data !== undefined) focusAnswer(heading.current, place.current)
  }, [ask.data])
  return (
    <div ref={place} className="stack-tight">
      <div className="row">
        <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
          {t('trial.ask')}
        </Button>
        <span className="subtle grow" role="status">
          {ask.isPending ? t('trial.trying') : t('trial.lead')}
        </span>
      </div>
      {ask.error !== null && <Failure error={ask.error} />}
      {ask.data !== undefined && !ask.isPending && (
        <section className="card stack" aria-label={t('trial.ask')}>
          <h2 ref={heading} tabIndex={-1} style={{ margin: 0, fontSize: 16 }}>
            {t(settings === undefined ? 'trial.titleSaved' : 'trial.title')}
          </h2>
          <Seen trial={ask.data} />
        </section>
      )}
    </div>
  )
}

function Seen({ trial: { answer, people, group, notes, problems } }: { readonly trial: SourceTrialView }) {
  return (
    <>
      {problems.length > 0 && (
        <Message tone="danger" title={t('trial.goesWrong', { count: problems.length })}>
          {problems.map(({ where, message, hint }) => (
            <div key={`${where}${message}`} className="break">
              {where !== undefined && <code>{where}</code>} {message} <span className="subtle">{hint}</span>
            </div>
          ))}
        </Message>
      )}
      {people.length === 0 ? (
        <Empty title={t('trial.noPeople')}>{problems.length === 0 && t('trial.noPeopleLead')}</Empty>
      ) : (
        <People people={people} />
      )}
      <Members group={group} />
      {answer !== undefined && (
        <details>
          <summary>
            <strong>{t('trial.answer', { from: answer.from })}</strong>
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className="once answer" tabIndex={0}>
            {answer.text}
          </pre>
        </details>
      )}
      {notes.length > 0 && (
        <div>
          <strong>{t('trial.notes')}</strong>
          <ul style={{ margin: 0, paddingLeft: 20 }}>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}

function People({ people }: Pick<SourceTrialView, 'people'>) {
  const names = [...new Set(people.flatMap(({ mapped }) => Object.keys(mapped)))]
  const [first] = people
  return (
    <div className="stack-tight">
      <strong>{t('trial.people')}</strong>
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th>{t('trial.key')}</th>
              <th>{t('trial.state')}</th>
              {names.map((name) => (
                <th key={name}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {people.map(({ key, active, mapped }) => (
              <tr key={key}>
                <td className="break">{key}</td>
                <td>
                  <Lozenge tone={active ? 'success' : 'neutral'}>
                    {t(active ? 'trial.active' : 'trial.disabled')}
                  </Lozenge>
                </td>
                {names.map((name) => (
                  <td key={name} className="break">
                    {mapped[name] ?? <span className="subtle">{t('plan.value.none')}</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {first !== undefined && (
        <details>
          <summary>{t('trial.attributes', { person: first.key })}</summary>
          <dl className="facts small">
            {Object.entries(first.attributes).map(([name, value]) => (
              <Attribute key={name} name={name} value={shown(value)} />
            ))}
          </dl>
        </details>
      )}
    </div>
  )
}

function Members({ group }: Pick<SourceTrialView, 'group'>) {
  if (group === undefined) return <div className="subtle">{t('trial.noGroup')}</div>
  const { name, members } = group
  return (
    <div>
      <strong>{t('trial.members', { group: name })}</strong>
      <div className="break">
        {members.length === 0
          ? t('trial.noMembers')
          : members.map(({ kind, key }) => (kind === 'group' ? t('trial.memberGroup', { key }) : key)).join(', ')}
      </div>
    </div>
  )
}

function Attribute({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}

function shown(value: SourceTrialView['people'][number]['attributes'][string]): string {
  if (value === null || value.length === 0) return t('plan.value.none')
  return typeof value === 'string' ? value : value.join(', ')
}
