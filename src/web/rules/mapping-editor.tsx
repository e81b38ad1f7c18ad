import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'
import { ruleIn } from './chain.ts'
import { isDocument } from './document.ts'
import { MappingRow } from './mapping-row.tsx'
import { useRules } from './rules.tsx'
import { Supposed, type Trial, TrialPicker } from './trial.tsx'

/** From which attribute of the source, by which steps, each attribute of the target gets its value - shown on a real person. */
export function MappingEditor() {
  const rules = useRules()
  const { judgement, document } = rules
  const [trial, setTrial] = useState<Trial>()
  const [isDescribed, setIsDescribed] = useState(false)
  const described = useQuery({
    queryKey: ['sources', document.source, 'attributes'],
    queryFn: () => api.sources.attributes({ params: { key: String(document.source) } }),
    enabled: isDescribed,
    staleTime: 300_000,
  })
  const names = described.data?.attributes ?? []
  const known = new Set([...names.map(({ name }) => name), ...Object.keys(trial?.person.attributes ?? {})])
  const mapping = rules.read(['users', 'mapping'])
  const custom = rules.read(['users', 'customAttributes'])
  const offered = judgement?.target?.attributes ?? []
  const strange = Object.keys(isDocument(mapping) ? mapping : {}).filter(
    (name) => judgement?.target !== undefined && !offered.some((each) => each.name === name),
  )
  return (
    <div className="stack">
      <TrialPicker found={setTrial} />
      {trial !== undefined && <Supposed person={trial.person} />}
      <datalist id="source-attributes">
        {[...known].sort().map((name) => {
          const filled = names.find((each) => each.name === name)?.filled
          return (
            <option key={name} value={name}>
              {filled === undefined ? '' : t('end.attributesFilled', { filled, people: described.data?.people ?? 0 })}
            </option>
          )
        })}
      </datalist>
      <div className="row">
        <Button variant="default" size="xs" loading={described.isFetching} onClick={() => setIsDescribed(true)}>
          {t('rules.offerNames')}
        </Button>
        {described.data !== undefined && (
          <span className="subtle">{t('rules.namesOffered', { count: described.data.attributes.length })}</span>
        )}
      </div>
      {described.error !== null && <Failure error={described.error} />}
      {judgement?.target === undefined && judgement !== undefined && (
        <Message tone="warning" title={t('rules.targetIncomplete')} />
      )}
      <ul className="list" aria-label={t('rules.mapping')}>
        {[...offered, ...strange.map((name) => ({ name, required: false, seen: '', when: 'always' as const }))].map(
          (attribute) => (
            <MappingRow
              key={attribute.name}
              path={['users', 'mapping', attribute.name]}
              title={attribute.name}
              required={attribute.required}
              note={attribute.when === 'create' ? `${attribute.seen} ${t('rules.onlyCreate')}` : attribute.seen}
              standard={ruleIn(judgement?.source?.mapping[attribute.name])}
              trial={trial}
            />
          ),
        )}
      </ul>
      <CustomAttributes ids={Object.keys(isDocument(custom) ? custom : {})} trial={trial} />
    </div>
  )
}

function CustomAttributes({ ids, trial }: { readonly ids: readonly string[]; readonly trial: Trial | undefined }) {
  const { judgement, set } = useRules()
  const [id, setId] = useState('')
  const place = judgement?.target?.custom
  if (place === undefined && ids.length === 0) return null
  return (
    <section className="stack-tight">
      <h2 style={{ margin: 0 }}>{t('rules.custom')}</h2>
      <div className="subtle">{place?.seen}</div>
      {place?.hidden === true && <Message tone="warning" title={t('rules.customHidden')} />}
      <ul className="list">
        {ids.map((each) => (
          <MappingRow
            key={each}
            path={['users', 'customAttributes', each]}
            title={each}
            required={false}
            note=""
            standard={undefined}
            trial={trial}
            isCustom
          />
        ))}
      </ul>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <TextInput
          label={t('rules.customId')}
          description={t('rules.customIdHelp')}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={!/^[A-Za-z][\w-]{0,63}$/.test(id)}
          onClick={() => {
            set(['users', 'customAttributes', id], { name: id })
            setId('')
          }}
        >
          {t('action.add')}
        </Button>
      </div>
    </section>
  )
}
