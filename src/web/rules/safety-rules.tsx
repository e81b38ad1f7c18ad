import { t } from '../words/t.ts'
import { ChoiceAt, DurationAt, LinesAt, NumberAt, SwitchAt } from './fields.tsx'

const limits = [
  'deactivations',
  'deletions',
  'membershipRemovals',
  'groupRemovals',
  'groupsEmptied',
  'creates',
  'identityChanges',
  'adminGrants',
] as const
const reads = ['sourceUsers', 'sourceGroupMembers', 'attributeFilled'] as const

/** How much may happen without a person, how much may be missing from a read, and whom nothing ever touches. */
export function SafetyRules() {
  return (
    <div className="stack">
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('rules.limits')}</h2>
        <div className="subtle">{t('rules.limitsHelp')}</div>
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th>{t('rules.limitKind')}</th>
                <th>{t('rules.floor')}</th>
                <th>{t('rules.percent')}</th>
                <th>{t('rules.cap')}</th>
              </tr>
            </thead>
            <tbody>
              {limits.map((name) => (
                <LimitRow key={name} name={name} columns={['floor', 'percent', 'cap']} />
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('rules.reads')}</h2>
        <div className="subtle">{t('rules.readsHelp')}</div>
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th>{t('rules.readKind')}</th>
                <th>{t('rules.floor')}</th>
                <th>{t('rules.percent')}</th>
              </tr>
            </thead>
            <tbody>
              {reads.map((name) => (
                <LimitRow key={name} name={name} columns={['floor', 'percent']} />
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section className="columns">
        <ChoiceAt
          path={['guards', 'groupAdoption']}
          label={t('rules.groupAdoption')}
          options={[
            { value: 'hold', label: t('rules.adoptionHold') },
            { value: 'allow', label: t('rules.adoptionAllow') },
          ]}
        />
        <LinesAt path={['guards', 'neverTouch']} label={t('wizard.neverTouch')} />
      </section>
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('rules.review')}</h2>
        <SwitchAt path={['review', 'fourEyes']} label={t('rules.fourEyes')} description={t('rules.fourEyesHelp')} />
        <DurationAt path={['review', 'validFor']} label={t('rules.validFor')} description={t('rules.validForHelp')} />
      </section>
    </div>
  )
}

function LimitRow({
  name,
  columns,
}: {
  readonly name: (typeof limits)[number] | (typeof reads)[number]
  readonly columns: readonly ('floor' | 'percent' | 'cap')[]
}) {
  const title = t(`rules.limit.${name}`)
  return (
    <tr>
      <td>{title}</td>
      {columns.map((column) => (
        <td key={column}>
          <NumberAt path={['guards', name, column]} label={`${title}: ${t(`rules.${column}`)}`} />
        </td>
      ))}
    </tr>
  )
}
