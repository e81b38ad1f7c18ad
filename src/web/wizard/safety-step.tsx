import { Select, Textarea, TextInput } from '@mantine/core'
import { t } from '../words/t.ts'
import type { StepProps } from './step-props.ts'

const modes = ['review', 'preview', 'automatic'] as const
const intervals = ['', '15m', '1h', '6h', '1d'] as const

export function SafetyStep({ draft, change }: StepProps) {
  const limit = (name: 'deactivations' | 'removals' | 'creates') => (
    <TextInput
      label={t(`wizard.${name}`)}
      inputMode="numeric"
      w={240}
      value={draft[name]}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <div className="form">
      <div className="row">
        {limit('deactivations')}
        {limit('removals')}
      </div>
      {limit('creates')}
      <div className="subtle small">{t('wizard.limitHelp')}</div>
      <Textarea
        label={t('wizard.neverTouch')}
        rows={2}
        value={draft.neverTouch}
        onChange={(event) => change({ neverTouch: event.currentTarget.value })}
      />
      <Select
        label={t('connection.mode')}
        data={modes.map((mode) => ({
          value: mode,
          label: `${t(`connection.mode.${mode}`)}: ${t(`connection.modeHelp.${mode}`)}`,
        }))}
        value={draft.mode}
        onChange={(value) => change({ mode: modes.find((each) => each === value) ?? 'review' })}
      />
      <Select
        label={t('connection.schedule')}
        data={intervals.map((every) => ({
          value: every,
          label: every === '' ? t('wizard.noSchedule') : t('wizard.every', { every }),
        }))}
        value={draft.every}
        onChange={(value) => change({ every: value ?? '' })}
      />
    </div>
  )
}
