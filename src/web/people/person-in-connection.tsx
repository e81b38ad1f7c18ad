import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { PersonThere } from '../../contract/people.ts'
import { departureReason, reasons } from '../../domain/reason.ts'
import { Message } from '../parts/message.tsx'
import { When } from '../parts/when.tsx'
import { RunLink } from '../runs/run-link.tsx'
import { t } from '../words/t.ts'
import { AccountState } from './account-state.tsx'
import { MembershipTable } from './membership-table.tsx'
import { PersonChange } from './person-change.tsx'

/** What one connection knows of somebody: how record and account are linked, groups, what is open, what was done last. */
export function PersonInConnection({ there }: { readonly there: PersonThere }) {
  const { connection, source, target, sourceKey, accountId, state, link, departure, standstill } = there
  const { memberships, pending, lastChange, workItems, run } = there
  return (
    <section className="card stack" aria-label={connection}>
      <h3 style={{ margin: 0, fontSize: 16 }}>
        {connection}{' '}
        <span className="subtle small">
          {source} → {target}
        </span>
      </h3>
      {run === undefined && <Message tone="warning" title={t('person.notRead')} />}
      {workItems.map(({ number, message }) => (
        <Message
          key={number}
          tone="warning"
          title={`#${number} ${message}`}
          actions={<Decide connection={connection} />}
        />
      ))}
      <dl className="facts in-text">
        <Fact name={t('person.record')}>
          {sourceKey === undefined ? <span className="subtle">{t('person.noRecord')}</span> : <code>{sourceKey}</code>}
        </Fact>
        <Fact name={t('person.account')}>
          {accountId !== undefined && <code>{accountId}</code>} <AccountState {...there} />
          {state !== undefined && accountId !== undefined && (
            <span className="subtle">
              {' '}
              {t('people.since')} <When at={state.since} short />
            </span>
          )}
        </Fact>
        {link !== undefined && (
          <Fact name={t('person.linked')}>
            {link.how}, <When at={link.since} short />
          </Fact>
        )}
        {departure !== undefined && (
          <Fact name={t('person.departure')}>
            {t('person.departureSince', { why: leavingWord(departure.signal) })}{' '}
            <When at={departure.provenSince} short />
          </Fact>
        )}
        {standstill !== undefined && (
          <Fact name={t('person.standstill')}>
            {standstill.sentence} (<RunLink run={standstill.run} />)
            {standstill.dueAt !== undefined && (
              <div>
                {t('person.due')} <When at={standstill.dueAt} short />
              </div>
            )}
          </Fact>
        )}
        <Fact name={t('person.last')}>
          {lastChange === undefined ? (
            <span className="subtle">{t('person.nothingDone')}</span>
          ) : (
            <PersonChange change={lastChange} isDone />
          )}
        </Fact>
      </dl>
      <div className="stack-tight">
        <strong>{t('person.open')}</strong>
        {pending.length === 0 ? (
          <div className="subtle">{t('person.nothingOpen')}</div>
        ) : (
          <ul className="list stack-tight">
            {pending.map((change) => (
              <li key={change.seq}>
                <PersonChange change={change} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <MembershipTable target={target} person={sourceKey ?? accountId ?? there.label} memberships={memberships} />
    </section>
  )
}

function Decide({ connection }: { readonly connection: string }) {
  return (
    <Link to="/work" search={{ connection }}>
      {t('approvals.decide')}
    </Link>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

type Signal = Parameters<typeof departureReason>[0]

function leavingWord(signal: string): string {
  return reasons[departureReason(signal as Signal)] ?? signal
}
