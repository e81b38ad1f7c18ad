import { Button, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { ownerships } from '../../domain/connection.ts'
import { t } from '../words/t.ts'
import { nameStepKinds } from './chain.ts'
import { ChainEditor } from './chain-editor.tsx'
import { isDocument, linesIn, valueAt } from './document.ts'
import { LinesAt, SwitchAt } from './fields.tsx'
import { GroupTrial } from './group-trial.tsx'
import { OwnershipCards } from './ownership-cards.tsx'
import { replaced, without } from './row-actions.tsx'
import { useRules } from './rules.tsx'

/** Which groups are filled, what they are called, who rules them, and which are left alone. */
export function GroupRules() {
  return (
    <div className="stack">
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('rules.groupFilter')}</h2>
        <div className="columns">
          <LinesAt
            patterns
            path={['groups', 'scope', 'include']}
            label={t('rules.onlyGroups')}
            description={t('rules.patternHelp')}
          />
          <LinesAt patterns path={['groups', 'scope', 'exclude']} label={t('rules.notGroups')} />
        </div>
      </section>
      <ByName />
      <ByTable />
      <GroupTrial />
      <OwnershipCards />
      <section className="columns">
        <LinesAt
          patterns
          path={['groups', 'protected']}
          label={t('wizard.protected')}
          description={t('wizard.protectedHelp')}
        />
        <div className="stack-tight">
          <LinesAt path={['groups', 'defaultsForNew']} rows={2} label={t('rules.defaultsForNew')} />
          <LinesAt path={['groups', 'defaultsForAll']} rows={2} label={t('rules.defaultsForAll')} />
        </div>
      </section>
      <section className="stack-tight">
        <SwitchAt path={['groups', 'import']} label={t('rules.importGroups')} />
        <SwitchAt path={['groups', 'adoptExisting']} label={t('rules.adoptExisting')} />
        <SwitchAt path={['groups', 'keepLinked']} label={t('rules.keepLinked')} />
      </section>
    </div>
  )
}

function ByName() {
  const { document, set } = useRules()
  const byName = valueAt(document, ['groups', 'byName'])
  const rule = isDocument(byName) ? byName : {}
  const { transform: _, ...rest } = rule
  const steps = Array.isArray(rule.transform) ? rule.transform : []
  const put = (value: object | undefined) => set(['groups', 'byName'], value)
  return (
    <section className="stack-tight">
      <Switch
        label={t('wizard.byName')}
        description={t('wizard.byNameHelp')}
        checked={byName !== undefined}
        onChange={(event) => put(event.currentTarget.checked ? {} : undefined)}
      />
      {byName !== undefined && (
        <div className="card stack-tight">
          <ChainEditor
            steps={steps}
            kinds={nameStepKinds}
            path={['groups', 'byName', 'transform']}
            change={(transform) => put(transform.length === 0 ? rest : { ...rest, transform })}
          />
          <Switch
            label={t('rules.merge')}
            checked={rule.sameName === 'merge'}
            onChange={(event) => {
              const { sameName: __, ...others } = rule
              put(event.currentTarget.checked ? { ...others, sameName: 'merge' } : others)
            }}
          />
        </div>
      )}
    </section>
  )
}

function ByTable() {
  const { document, set, problemAt } = useRules()
  const written = valueAt(document, ['groups', 'byTable'])
  const rows: readonly unknown[] = Array.isArray(written) ? written : []
  const change = (list: readonly unknown[]) => set(['groups', 'byTable'], list.length === 0 ? undefined : list)
  return (
    <fieldset className="stack-tight plain-set">
      <legend>{t('wizard.table')}</legend>
      <div className="subtle small">{t('wizard.tableHelp')}</div>
      {rows.map((row, index) => {
        const { from, to, ownership, ...rest } = isDocument(row) ? row : {}
        const put = (part: object) =>
          change(
            replaced(rows, index, { from, to, ...(ownership === undefined ? {} : { ownership }), ...rest, ...part }),
          )
        const problem = problemAt(['groups', 'byTable', index], true)
        const names = Array.isArray(to) ? to.map(String) : [String(to ?? '')]
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own and are only edited in place
          <div key={index} className="stack-tight">
            <div className="row" style={{ alignItems: 'flex-start' }}>
              <TextInput
                aria-label={`${t('wizard.from')} ${index + 1}`}
                placeholder={t('wizard.from')}
                value={String(from ?? '')}
                onChange={(event) => put({ from: event.currentTarget.value })}
              />
              <span aria-hidden="true">→</span>
              <Textarea
                aria-label={`${t('wizard.to')} ${index + 1}`}
                placeholder={t('wizard.to')}
                rows={Math.max(1, names.length)}
                value={names.join('\n')}
                onChange={(event) => put({ to: targetsIn(event.currentTarget.value) })}
              />
              <Select
                aria-label={`${t('rules.rowOwnership')} ${index + 1}`}
                w={220}
                data={[
                  { value: '', label: t('rules.asBelow') },
                  ...ownerships.map((each) => ({ value: each, label: t(`rules.ownership.${each}`) })),
                ]}
                value={String(ownership ?? '')}
                onChange={(chosen) => {
                  const { ownership: _, ...others } = isDocument(row) ? row : {}
                  change(
                    replaced(rows, index, chosen === '' || chosen === null ? others : { ...others, ownership: chosen }),
                  )
                }}
              />
              <Button
                variant="subtle"
                color="gray"
                aria-label={`${t('action.delete')} ${index + 1}`}
                onClick={() => change(without(rows, index))}
              >
                {t('action.delete')}
              </Button>
            </div>
            {problem !== undefined && <div className="tone-remove small">{problem}</div>}
          </div>
        )
      })}
      <div>
        <Button variant="default" size="xs" onClick={() => change([...rows, { from: '', to: '' }])}>
          {t('rules.addRow')}
        </Button>
      </div>
    </fieldset>
  )
}

/** One target group, or several on lines of their own. A line that is being begun stays while somebody types. */
function targetsIn(text: string): string | readonly string[] {
  if (!text.includes('\n')) return text
  const names = linesIn(text)
  return text.endsWith('\n') ? [...names, ''] : names
}
