import { Checkbox, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { t } from '../words/t.ts'
import { controlOf, type Field } from './field-value.ts'

export interface SettingFieldProps {
  readonly field: Field
  readonly value: string
  readonly change: (value: string) => void
  /** A secret is there already and stays unless a new one is written. */
  readonly isKept: boolean
  /** What choices are called, where their own names say too little. */
  readonly names?: Readonly<Record<string, string>>
}

/** One setting of a connector, drawn from what the connector declares about it. */
export function SettingField({ field, value, change, isKept, names = {} }: SettingFieldProps) {
  const { label, help, required, aliases, unit, suggested, schema } = field
  const control = controlOf(field)
  const known = aliases === undefined ? '' : ` ${t('end.aliases', { aliases: aliases.join(', ') })}.`
  const kept = control === 'secret' && isKept ? ` ${t('end.secretKept')}` : ''
  const common = {
    label: unit === undefined ? label : `${label} (${unit})`,
    description: `${help}${known}${kept}`,
    required: required && !isKept,
    ...(suggested === undefined ? {} : { placeholder: String(suggested) }),
  }
  switch (control) {
    case 'secret':
      return (
        <PasswordInput
          {...common}
          autoComplete="off"
          value={value}
          onChange={(event) => change(event.currentTarget.value)}
        />
      )
    case 'choice':
      return (
        <Select
          {...common}
          data={(schema.enum as readonly unknown[]).map(String)}
          value={value === '' ? null : value}
          onChange={(chosen) => change(chosen ?? '')}
          clearable={!required}
          clearButtonProps={{ 'aria-label': t('action.delete') }}
        />
      )
    case 'choices':
      return (
        <Checkbox.Group
          {...common}
          value={value === '' ? [] : value.split('\n')}
          onChange={(chosen) => change(chosen.join('\n'))}
        >
          <div className="stack-tight" style={{ paddingTop: 6 }}>
            {(schema.items as { readonly enum: readonly string[] }).enum.map((each) => (
              <Checkbox key={each} value={each} label={names[each] ?? each} />
            ))}
          </div>
        </Checkbox.Group>
      )
    case 'switch':
      return (
        <Switch
          label={common.label}
          description={common.description}
          checked={(value === '' ? String(schema.default ?? false) : value) === 'true'}
          onChange={(event) => change(String(event.currentTarget.checked))}
        />
      )
    case 'list':
    case 'json':
      return (
        <Textarea
          {...common}
          description={`${common.description} ${t(control === 'list' ? 'end.listHelp' : 'end.json')}`}
          rows={control === 'list' ? 2 : 3}
          value={value}
          onChange={(event) => change(event.currentTarget.value)}
        />
      )
    default:
      return (
        <TextInput
          {...common}
          value={value}
          inputMode={control === 'number' ? 'numeric' : 'text'}
          onChange={(event) => change(event.currentTarget.value)}
        />
      )
  }
}
