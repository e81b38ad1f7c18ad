import { Button, Select, TextInput } from '@mantine/core'
import { leaverActions } from '../../domain/policy.ts'
import { t } from '../words/t.ts'
import { type Path, valueAt } from './document.ts'
import { SwitchAt, TextAt } from './fields.tsx'
import { RowActions, replaced } from './row-actions.tsx'
import { useRules } from './rules.tsx'
import { ScopeRules } from './scope-rules.tsx'

/** Which kind of change an action needs, where a target may lack it. */
const needs: Readonly<Partial<Record<(typeof leaverActions)[number], string>>> = {
  deactivate: 'account.deactivate',
  'remove-access': 'access.revoke',
  'disable-account': 'account.disable',
  delete: 'account.delete',
}

/** Who takes part, what is done with accounts, and what happens when somebody leaves. */
export function PeopleRules() {
  return (
    <div className="stack">
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('rules.scope')}</h2>
        <div className="subtle">{t('rules.scopeHelp')}</div>
        <div className="columns">
          <ScopeRules path={['users', 'scope', 'include']} title={t('rules.include')} none={t('rules.everybody')} />
          <ScopeRules path={['users', 'scope', 'exclude']} title={t('rules.exclude')} none={t('rules.nobody')} />
        </div>
      </section>
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('wizard.access')}</h2>
        <SwitchAt path={['users', 'create']} label={t('wizard.create')} />
        <SwitchAt path={['users', 'update']} label={t('wizard.update')} />
        <SwitchAt path={['users', 'activate']} label={t('wizard.activate')} description={t('wizard.activateHelp')} />
        <SwitchAt path={['users', 'activateForeign']} label={t('rules.activateForeign')} />
        <SwitchAt path={['users', 'notify']} label={t('rules.notify')} />
      </section>
      <MatchOrder />
      <div className="columns">
        <Stages
          path={['users', 'onDisabled']}
          title={t('wizard.onDisabled')}
          standard={[{ after: '0d', action: 'deactivate' }]}
        />
        <Stages
          path={['users', 'onLeft']}
          title={t('wizard.onLeft')}
          standard={[{ after: '7d', action: 'deactivate' }]}
        />
      </div>
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('rules.leads')}</h2>
        <div className="columns">
          <TextAt
            path={['users', 'defaultProjectLead']}
            label={t('rules.projectLead')}
            description={t('rules.leadHelp')}
          />
          <TextAt path={['users', 'defaultComponentLead']} label={t('rules.componentLead')} />
        </div>
      </section>
    </div>
  )
}

/** In which order an existing account is looked for. */
function MatchOrder() {
  const { judgement, document, set } = useRules()
  const offered = judgement?.target?.match ?? []
  const own = valueAt(document, ['users', 'match'])
  const order = Array.isArray(own) ? own.map(String) : offered
  const change = (list: readonly string[]) =>
    set(['users', 'match'], list.length === 0 || list.join() === offered.join() ? undefined : list)
  const left = offered.filter((rule) => !order.includes(rule))
  return (
    <section className="stack-tight">
      <h2 style={{ margin: 0 }}>{t('rules.match')}</h2>
      <div className="subtle">{t('rules.matchHelp')}</div>
      <ol className="stack-tight" style={{ margin: 0, paddingLeft: 24 }}>
        {order.map((rule, index) => (
          <li key={rule}>
            <span className="row">
              {t(`rules.match.${rule as 'link'}`)}
              <RowActions list={order} index={index} name={t(`rules.match.${rule as 'link'}`)} change={change} />
            </span>
          </li>
        ))}
      </ol>
      <div className="row">
        {left.map((rule) => (
          <Button key={rule} variant="default" size="xs" onClick={() => change([...order, rule])}>
            {t('rules.alsoMatch', { rule: t(`rules.match.${rule}`) })}
          </Button>
        ))}
      </div>
    </section>
  )
}

interface StagesProps {
  readonly path: Path
  readonly title: string
  readonly standard: readonly { readonly after: string; readonly action: string }[]
}

/** What is done with a leaver, in stages: each after so many days, with what can be taken back. */
function Stages({ path, title, standard }: StagesProps) {
  const { document, judgement, set, problemAt } = useRules()
  const written = valueAt(document, path)
  const stages: readonly unknown[] = Array.isArray(written) ? written : standard
  const change = (list: readonly unknown[]) => set(path, list)
  const lacks = judgement?.target?.lacks ?? {}
  return (
    <fieldset className="stack-tight plain-set">
      <legend>{title}</legend>
      {stages.map((stage, index) => {
        const action = String(valueAt(stage, ['action']) ?? '')
        const known = leaverActions.find((each) => each === action)
        const lacking = known === undefined ? undefined : lacks[needs[known] ?? '']
        const problem = problemAt([...path, index], true) ?? lacking
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: stages have no name of their own and are only edited in place
          <div key={index} className="stack-tight">
            <div className="row" style={{ alignItems: 'flex-end', flexWrap: 'nowrap' }}>
              <TextInput
                label={t('rules.after')}
                w={80}
                value={String(valueAt(stage, ['after']) ?? '')}
                onChange={(event) => change(replaced(stages, index, { after: event.currentTarget.value, action }))}
              />
              <Select
                label={t('rules.action')}
                className="grow"
                data={leaverActions.map((each) => ({ value: each, label: t(`rules.action.${each}`) }))}
                value={action}
                onChange={(chosen) =>
                  change(replaced(stages, index, { after: valueAt(stage, ['after']), action: chosen }))
                }
              />
              <RowActions list={stages} index={index} name={`${title} ${index + 1}`} change={change} />
            </div>
            {known !== undefined && <div className="subtle small">{t(`rules.actionHelp.${known}`)}</div>}
            {problem !== undefined && <div className="tone-remove small">{problem}</div>}
          </div>
        )
      })}
      {stages.length === 0 && <div className="subtle">{t('rules.noStage')}</div>}
      <div>
        <Button
          variant="default"
          size="xs"
          onClick={() => change([...stages, { after: '30d', action: 'remove-managed-groups' }])}
        >
          {t('rules.addStage')}
        </Button>
      </div>
    </fieldset>
  )
}
