import { Button, Radio, Switch, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { nameChain, stepsSchema } from '../../domain/mapping.ts'
import { t } from '../words/t.ts'
import { type Draft, transformOf } from './draft.ts'
import type { StepProps } from './step-props.ts'

const ownerships = ['own', 'add-only', 'mapped', 'all'] as const

export function GroupsStep({ draft, change }: StepProps) {
  return (
    <div className="columns">
      <div className="form">
        <Switch
          label={t('wizard.byName')}
          description={t('wizard.byNameHelp')}
          checked={draft.byName}
          onChange={(event) => change({ byName: event.currentTarget.checked })}
        />
        {draft.byName && <Transform draft={draft} change={change} />}
        <MappingTable draft={draft} change={change} />
      </div>
      <div className="form">
        <Radio.Group
          label={t('wizard.ownership')}
          value={draft.ownership}
          onChange={(value) => change({ ownership: ownerships.find((each) => each === value) ?? 'own' })}
        >
          <div className="stack-tight" style={{ marginTop: 8 }}>
            {ownerships.map((ownership) => (
              <Radio key={ownership} value={ownership} label={t(`wizard.ownership.${ownership}`)} />
            ))}
          </div>
        </Radio.Group>
        <Textarea
          label={t('wizard.protected')}
          description={t('wizard.protectedHelp')}
          rows={3}
          value={draft.protectedGroups}
          onChange={(event) => change({ protectedGroups: event.currentTarget.value })}
        />
      </div>
    </div>
  )
}

/** The chain for names, with the very code the engine runs, on a name somebody types. */
function Transform({ draft, change }: StepProps) {
  const [name, setName] = useState('EU-Developers')
  return (
    <fieldset className="stack card">
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <TextInput
          label={`${t('wizard.regex')}: ${t('wizard.regexFind')}`}
          value={draft.regexFind}
          onChange={(event) => change({ regexFind: event.currentTarget.value })}
          placeholder="^EU-(.*)$"
        />
        <TextInput
          label={t('wizard.regexReplace')}
          value={draft.regexReplace}
          onChange={(event) => change({ regexReplace: event.currentTarget.value })}
          placeholder="$1"
        />
      </div>
      <Switch
        label={t('wizard.transformLower')}
        checked={draft.lower}
        onChange={(event) => change({ lower: event.currentTarget.checked })}
      />
      <TextInput
        label={t('wizard.transformPrefix')}
        value={draft.prefix}
        onChange={(event) => change({ prefix: event.currentTarget.value })}
      />
      <TextInput label={t('wizard.groupTest')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <div aria-live="polite">
        {t('wizard.groupTestResult')} <strong className="break">{outcome(draft, name)}</strong>
      </div>
    </fieldset>
  )
}

function outcome(draft: Draft, name: string): string {
  const steps = stepsSchema.safeParse(transformOf(draft))
  return steps.success ? nameChain(steps.data)(name) : (steps.error.issues[0]?.message ?? '')
}

function MappingTable({ draft: { table }, change }: StepProps) {
  const put = (at: number, part: { readonly from?: string; readonly to?: string }) =>
    change({ table: table.map((row, index) => (index === at ? { ...row, ...part } : row)) })
  return (
    <fieldset className="stack-tight" style={{ border: 0, padding: 0, margin: 0 }}>
      <legend style={{ fontWeight: 600, padding: 0 }}>{t('wizard.table')}</legend>
      <div className="subtle small">{t('wizard.tableHelp')}</div>
      {table.map(({ from, to }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own and are only edited in place
        <div key={index} className="row">
          <TextInput
            aria-label={`${t('wizard.from')} ${index + 1}`}
            placeholder={t('wizard.from')}
            value={from}
            onChange={(event) => put(index, { from: event.currentTarget.value })}
          />
          →
          <TextInput
            aria-label={`${t('wizard.to')} ${index + 1}`}
            placeholder={t('wizard.to')}
            value={to}
            onChange={(event) => put(index, { to: event.currentTarget.value })}
          />
          <Button
            variant="subtle"
            color="gray"
            aria-label={`${t('action.delete')} ${index + 1}`}
            onClick={() => change({ table: table.filter((_, at) => at !== index) })}
          >
            {t('action.delete')}
          </Button>
        </div>
      ))}
      <div>
        <Button variant="default" size="xs" onClick={() => change({ table: [...table, { from: '', to: '' }] })}>
          {t('action.add')}
        </Button>
      </div>
    </fieldset>
  )
}
