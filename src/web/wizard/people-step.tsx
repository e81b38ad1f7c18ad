import { Select, Switch, TextInput } from '@mantine/core'
import { t } from '../words/t.ts'
import type { Stage } from './draft.ts'
import type { StepProps } from './step-props.ts'

const actions = ['deactivate', 'remove-access', 'remove-managed-groups', 'nothing'] as const

export function PeopleStep({ draft, change }: StepProps) {
  return (
    <div className="form">
      <h2 style={{ margin: 0, fontSize: 16 }}>{t('wizard.access')}</h2>
      <Switch
        label={t('wizard.create')}
        checked={draft.create}
        onChange={(event) => change({ create: event.currentTarget.checked })}
      />
      <Switch
        label={t('wizard.update')}
        checked={draft.update}
        onChange={(event) => change({ update: event.currentTarget.checked })}
      />
      <Switch
        label={t('wizard.activate')}
        description={t('wizard.activateHelp')}
        checked={draft.activate}
        onChange={(event) => change({ activate: event.currentTarget.checked })}
      />
      <StageFields
        label={t('wizard.onDisabled')}
        stage={draft.onDisabled}
        change={(onDisabled) => change({ onDisabled })}
      />
      <StageFields label={t('wizard.onLeft')} stage={draft.onLeft} change={(onLeft) => change({ onLeft })} />
    </div>
  )
}

function StageFields({
  label,
  stage,
  change,
}: {
  readonly label: string
  readonly stage: Stage
  readonly change: (stage: Stage) => void
}) {
  return (
    <div className="row" style={{ alignItems: 'flex-end' }}>
      <Select
        label={label}
        w={340}
        data={actions.map((action) => ({ value: action, label: t(`wizard.action.${action}`) }))}
        value={stage.action}
        onChange={(value) => change({ ...stage, action: actions.find((each) => each === value) ?? 'deactivate' })}
      />
      <TextInput
        label={t('wizard.after')}
        w={200}
        value={stage.after}
        onChange={(event) => change({ ...stage, after: event.currentTarget.value })}
      />
    </div>
  )
}
