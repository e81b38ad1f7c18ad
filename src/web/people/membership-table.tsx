import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { PersonThere } from '../../contract/people.ts'
import { When } from '../parts/when.tsx'
import { RunLink } from '../runs/run-link.tsx'
import { t } from '../words/t.ts'

const shownAtFirst = 20

export interface MembershipTableProps {
  readonly target: string
  /** By which name a question about them is asked. */
  readonly person: string
  readonly memberships: PersonThere['memberships']
}

/** Groups of somebody in one target: since when, who vouches, and the way to why. */
export function MembershipTable({ target, person, memberships }: MembershipTableProps) {
  const [isWhole, setIsWhole] = useState(false)
  if (memberships.length === 0) return <div className="subtle">{t('person.noGroups')}</div>
  const shown = isWhole ? memberships : memberships.slice(0, shownAtFirst)
  return (
    <div className="stack-tight">
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th>{t('person.group')}</th>
              <th>{t('people.since')}</th>
              <th>{t('people.vouches')}</th>
              <th aria-label={t('person.why')} />
            </tr>
          </thead>
          <tbody className="in-text">
            {shown.map(({ id, name, since, run, grants }) => (
              <tr key={id}>
                <td className="break">
                  <Link to="/groups" search={{ target, text: name, group: id }}>
                    {name}
                  </Link>
                </td>
                <td>
                  <When at={since} short />, <RunLink run={run} />
                </td>
                <td className="break">
                  {grants.length === 0 && <span className="subtle">{t('people.notOurs')}</span>}
                  {grants.map((grant) => (
                    <div key={`${grant.connection}${grant.rule}`}>
                      {grant.connection}: <code>{grant.rule}</code>
                    </div>
                  ))}
                </td>
                <td className="right">
                  <Link to="/people" search={{ person, group: name }} aria-label={t('person.whyOf', { what: name })}>
                    {t('person.why')}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < memberships.length && (
        <div>
          <Button variant="default" size="xs" onClick={() => setIsWhole(true)}>
            {t('person.all', { count: memberships.length })}
          </Button>
        </div>
      )}
    </div>
  )
}
