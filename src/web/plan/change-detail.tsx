import { Link } from '@tanstack/react-router'
import type { ChangeView } from '../../contract/plans.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'

type Value = NonNullable<ChangeView['after']>[string] | undefined

/** Everything about one change: values before and after, reason, rule, what it waits for, what became of it. */
export function ChangeDetail({ change }: { readonly change: ChangeView }) {
  const { sentence, rule, cause, stateReasons, needs, person, sourceGroup, message, skipReason, outcome } = change
  return (
    <div className="change-detail stack-tight">
      <Differences change={change} />
      <dl className="facts">
        <dt>{t('plan.reason')}</dt>
        <dd>
          {sentence}
          {cause === 'rules' && <div className="subtle">{t('plan.onlyRules')}</div>}
        </dd>
        <dt>{t('plan.rule')}</dt>
        <dd>
          <code>{rule}</code>
        </dd>
        {person !== undefined && (
          <>
            <dt>{t('plan.person')}</dt>
            <dd className="in-text">
              <Link to="/people/one" search={{ person: person.key }}>
                {person.label}
              </Link>{' '}
              <code>{person.key}</code>
            </dd>
          </>
        )}
        {sourceGroup !== undefined && (
          <>
            <dt>{t('plan.sourceGroup')}</dt>
            <dd>
              {sourceGroup.label} <code>{sourceGroup.key}</code>
            </dd>
          </>
        )}
        {stateReasons.length > 0 && outcome === 'open' && (
          <>
            <dt>{t('plan.facet.hold')}</dt>
            <dd>
              {stateReasons.map(({ reason, sentence: why }) => (
                <div key={reason}>{why}</div>
              ))}
            </dd>
          </>
        )}
        {needs.length > 0 && (
          <>
            <dt>{t('plan.needs')}</dt>
            <dd>{needs.join(', ')}</dd>
          </>
        )}
        {outcome !== 'open' && (
          <>
            <dt>{t('plan.facet.outcome')}</dt>
            <dd>
              {t(change.verifiedAt !== undefined && outcome === 'applied' ? 'outcome.verified' : `outcome.${outcome}`)}{' '}
              {change.finishedAt !== undefined && <When at={change.finishedAt} short />}
              {skipReason !== undefined && <div>{t(`skip.${skipReason}`)}</div>}
              {message !== undefined && <div className="break">{message}</div>}
            </dd>
          </>
        )}
      </dl>
    </div>
  )
}

function Differences({ change: { before, after } }: { readonly change: ChangeView }) {
  if (after === undefined || Object.keys(after).length === 0) return null
  return (
    <table className="diff">
      <tbody>
        {Object.entries(after).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              {before !== undefined && (
                <>
                  <del>{shown(before[name])}</del> →{' '}
                </>
              )}
              <ins>{shown(value)}</ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function shown(value: Value): string {
  if (value === undefined || value === null || value.length === 0) return t('plan.value.none')
  return typeof value === 'string' ? value : value.join(', ')
}
