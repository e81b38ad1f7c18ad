import type { WhyAnswer } from '../../contract/why.ts'
import { Lozenge } from '../parts/lozenge.tsx'
import { Message } from '../parts/message.tsx'
import { OutlookChanges } from '../parts/outlook-changes.tsx'
import { t } from '../words/t.ts'
import { WhatIf } from './what-if.tsx'

/** What the planner says of somebody after a fresh read, from the record to what a run would do. */
export function Answer({ answer, connection }: { readonly answer: WhyAnswer; readonly connection: string }) {
  const { label, sourceKey, steps, attributes, memberships, changes, workItems, unproven } = answer
  return (
    <article className="card stack">
      <h3 style={{ margin: 0, fontSize: 16 }} className="break">
        {label}
      </h3>
      <ol className="stack-tight" style={{ margin: 0, paddingLeft: 20 }}>
        {steps.map(({ step, text }) => (
          <li key={`${step}${text}`}>{text}</li>
        ))}
      </ol>
      {workItems.map(({ message }) => (
        <Message key={message} tone="warning" title={message} />
      ))}
      {unproven.length > 0 && <Message tone="warning" title={unproven.join(', ')} />}
      {memberships.length > 0 && (
        <div className="table-wrap">
          <table className="table">
            <tbody>
              {memberships.map(({ group, isMember, sentence, path, rule, grants }) => (
                <tr key={group.name}>
                  <td>
                    <strong>{group.name}</strong>
                  </td>
                  <td>
                    <Lozenge tone={isMember ? 'success' : 'neutral'}>
                      {t(isMember ? 'people.member' : 'people.notMember')}
                    </Lozenge>
                  </td>
                  <td>
                    {sentence}
                    {path !== undefined && path.length > 1 && <div className="subtle">{path.join(' > ')}</div>}
                  </td>
                  <td className="subtle small">
                    {rule !== undefined && <code>{rule}</code>}
                    {grants.map((grant) => (
                      <div key={`${grant.connection}${grant.rule}`}>
                        {grant.connection}: {grant.rule}
                      </div>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {attributes.length > 0 && (
        <table className="diff">
          <tbody>
            {attributes.map(({ name, wanted, actual, sentence }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  {actual ?? t('plan.value.none')}
                  {wanted !== undefined && wanted !== actual && <ins> → {wanted ?? t('plan.value.none')}</ins>}
                </td>
                <td className="subtle">{sentence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="stack-tight">
        <strong>{t('end.findChanges')}</strong>
        <OutlookChanges changes={changes} />
      </div>
      {sourceKey !== undefined && <WhatIf person={sourceKey} connection={connection} />}
    </article>
  )
}
