import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { WhyAnswer } from '../../contract/why.ts'
import { api } from '../api.ts'
import { Form } from '../parts/form.tsx'
import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'

const states = ['same', 'active', 'inactive'] as const

/** What a run would do if the record at the source were another one. Reads both sides; saves and sends nothing. */
export function WhatIf({ person, connection }: { readonly person: string; readonly connection: string }) {
  const [state, setState] = useState<(typeof states)[number]>('same')
  const [attribute, setAttribute] = useState('')
  const [value, setValue] = useState('')
  const [groups, setGroups] = useState('')
  const [difference, setDifference] = useState<NonNullable<WhyAnswer['difference']>>()
  const suppose = async () => {
    const names = groups.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
    const record = {
      ...(state === 'same' ? {} : { active: state === 'active' }),
      ...(attribute.trim() === '' ? {} : { attributes: { [attribute.trim()]: value === '' ? null : value } }),
      ...(names.length === 0 ? {} : { groups: names }),
    }
    setDifference(undefined)
    const yaml = JSON.stringify({ people: { [person]: record } })
    const report = await api.why.suppose({ body: { person, connection, yaml } })
    setDifference(report.connections[0]?.people[0]?.difference ?? { more: [], fewer: [] })
  }
  return (
    <details>
      <summary>
        <strong>{t('people.whatIf')}</strong>
      </summary>
      <Form action={t('people.whatIfAsk')} act={suppose} className="stack-tight">
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <Select
            label={t('people.whatIfState')}
            w={180}
            data={states.map((each) => ({ value: each, label: t(`people.whatIf.${each}`) }))}
            value={state}
            onChange={(chosen) => setState(states.find((each) => each === chosen) ?? 'same')}
          />
          <TextInput
            label={t('rules.attribute')}
            w={180}
            value={attribute}
            onChange={(event) => setAttribute(event.currentTarget.value)}
          />
          <TextInput
            label={t('people.whatIfValue')}
            w={220}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <TextInput
            label={t('people.whatIfGroups')}
            w={260}
            value={groups}
            onChange={(event) => setGroups(event.currentTarget.value)}
          />
        </div>
      </Form>
      {difference !== undefined && (
        <Message
          tone="info"
          title={t(difference.more.length + difference.fewer.length === 0 ? 'people.whatIfSame' : 'people.whatIfOther')}
        >
          {difference.more.map((text) => (
            <div key={text}>
              <span className="tone-create">{t('rules.then')}</span> {text}
            </div>
          ))}
          {difference.fewer.map((text) => (
            <div key={text}>
              <span className="tone-remove">{t('rules.notThen')}</span> {text}
            </div>
          ))}
        </Message>
      )}
    </details>
  )
}
