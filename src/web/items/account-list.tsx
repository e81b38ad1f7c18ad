import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ListedAccountView } from '../../contract/account-lists.ts'
import { ProvisioningError } from '../../domain/errors.ts'
import { api } from '../api.ts'
import { ChooseAll, ChooseOne } from '../decisions/choose.tsx'
import { useChosen } from '../decisions/chosen.ts'
import { DecideBar } from '../decisions/decide-bar.tsx'
import { Standing } from '../decisions/standing.tsx'
import { Download } from '../parts/download.tsx'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { NoMatch } from '../parts/no-match.tsx'
import { usePages } from '../parts/pages.ts'
import { When } from '../parts/when.tsx'
import { AccountState } from '../people/account-state.tsx'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { LinkAccount } from './link-account.tsx'

export type AccountListName = 'unmanaged' | 'orphaned'

export interface AccountListProps {
  readonly connection: string
  readonly list: AccountListName
  readonly text: string | undefined
  readonly clear: () => void
}

const pageSize = 100

/** Accounts of a target behind which no record of a source stands, and what was decided about each. */
export function AccountList({ connection, list, text, clear }: AccountListProps) {
  const ask = (part: { readonly cursor?: string; readonly limit: number }, signal: AbortSignal) =>
    api.accountLists.list(
      { params: { key: connection, list }, query: { ...part, ...(text === undefined ? {} : { text }) } },
      { signal },
    )
  const query = usePages(['work', list, connection, text], pageSize, ask)
  if (query.data === undefined && query.error instanceof ProvisioningError && query.error.code === 'conflict') {
    const actions = (
      <Link to="/connections/$key" params={{ key: connection }}>
        {t('work.toConnection', { connection })}
      </Link>
    )
    return (
      <Empty title={t('work.unread')} actions={actions}>
        {t('work.unreadLead')}
      </Empty>
    )
  }
  return (
    <>
      <div className="spread">
        <div className="subtle grow">{t(`work.lead.${list}`)}</div>
        <div className="row">
          <Download name={`muster-${list}-${connection}`} ask={ask} head={header} cells={cellsOf} />
        </div>
      </div>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          text === undefined ? (
            <Empty title={t(`work.empty.${list}`)} />
          ) : (
            <NoMatch title={t('work.filtered')} clear={clear} />
          )
        }
      >
        {({ pages }) => <Accounts connection={connection} list={list} accounts={pages.flatMap(({ items }) => items)} />}
      </Loaded>
      <More query={query} />
    </>
  )
}

interface AccountsProps extends Omit<AccountListProps, 'text' | 'clear'> {
  readonly accounts: readonly ListedAccountView[]
}

function Accounts({ connection, list, accounts }: AccountsProps) {
  const queries = useQueryClient()
  const mayDecide = useMay('approver', connection)
  const choice = useChosen(
    accounts.map(({ accountId, label, possible }) => ({ id: accountId, label, possible: possible.filter(isOfList) })),
  )
  const decide = async (decision: 'keep' | 'deactivate', ids: string[], comment: { readonly comment?: string }) => {
    const params = { key: connection, list }
    const { sentences } = await api.accountLists.decide({ params, body: { decision, accounts: ids, ...comment } })
    choice.none()
    await queries.invalidateQueries({ queryKey: ['work'] })
    return sentences
  }
  return (
    <>
      {mayDecide && <DecideBar chosen={choice.chosen} decide={decide} />}
      <div className="table-wrap">
        <table className="table" aria-label={t(`work.tab.${list}`)}>
          <thead>
            <tr>
              {mayDecide && <ChooseAll choice={choice} />}
              <th>{t('person.account')}</th>
              <th>{t('connection.state')}</th>
              <th className="right">{t('person.groups')}</th>
              {list === 'orphaned' && <th>{t('person.record')}</th>}
              <th>{t('decide.state')}</th>
            </tr>
          </thead>
          <tbody className="in-text">
            {accounts.map((account) => (
              <tr key={account.accountId}>
                {mayDecide && <ChooseOne choice={choice} id={account.accountId} />}
                <td className="break">
                  <Link to="/people/one" search={{ person: account.accountId }}>
                    {account.label}
                  </Link>
                  {mayDecide && list === 'unmanaged' && (
                    <div>
                      <LinkAccount connection={connection} account={account} />
                    </div>
                  )}
                </td>
                <td>
                  <AccountState
                    accountId={account.accountId}
                    state={{ is: account.state, since: account.stateSince }}
                  />
                  <div className="subtle small">
                    <When at={account.stateSince} short />
                  </div>
                </td>
                <td className="right num">{shownNumber(account.groups)}</td>
                {list === 'orphaned' && (
                  <td className="break">
                    <Origin account={account} />
                  </td>
                )}
                <td>
                  {account.decided === undefined ? (
                    <span className="subtle">{t('decide.open')}</span>
                  ) : (
                    <Standing connection={connection} label={account.label} decided={account.decided} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Origin({ account: { source, sourceKey, why, goneSince } }: { readonly account: ListedAccountView }) {
  return (
    <>
      {source} <code>{sourceKey}</code>
      {why !== undefined && (
        <div className="subtle small">
          {t(`work.why.${why}`)} {goneSince !== undefined && <When at={goneSince} short />}
        </div>
      )}
    </>
  )
}

type Possible = ListedAccountView['possible'][number]

function isOfList(each: Possible): each is Possible & { readonly decision: 'keep' | 'deactivate' } {
  return each.decision === 'keep' || each.decision === 'deactivate'
}

const header = ['account', 'id', 'state', 'since', 'groups', 'source', 'record', 'why', 'gone since', 'decided', 'by']

function cellsOf(account: ListedAccountView): readonly (string | undefined)[] {
  const { label, accountId, state, stateSince, groups, source, sourceKey, why, goneSince, decided } = account
  return [
    label,
    accountId,
    state,
    stateSince,
    String(groups),
    source,
    sourceKey,
    why,
    goneSince,
    decided?.decision,
    decided?.by,
  ]
}
