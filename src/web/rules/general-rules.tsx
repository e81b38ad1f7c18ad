import { t } from '../words/t.ts'
import { ChoiceAt, NumberAt, TextAt } from './fields.tsx'

/** Name, mode and rank of a connection. */
export function GeneralRules() {
  return (
    <div className="form">
      <TextAt path={['displayName']} label={t('end.name')} />
      <ModeAt />
      <div className="stack-tight">
        <div>{t('rules.priority')}</div>
        <NumberAt path={['priority']} label={t('rules.priority')} />
      </div>
    </div>
  )
}

export function ModeAt() {
  return (
    <ChoiceAt
      path={['mode']}
      label={t('connection.mode')}
      options={(['review', 'preview', 'automatic'] as const).map((mode) => ({
        value: mode,
        label: `${t(`connection.mode.${mode}`)}: ${t(`connection.modeHelp.${mode}`)}`,
      }))}
    />
  )
}
