import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { meQuery } from '../parts/me.ts'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { PasswordForm } from '../sign-in/own-password.tsx'
import { t } from '../words/t.ts'
import { OwnTokens } from './own-tokens.tsx'

const sessionsQuery = { queryKey: ['own-sessions'], queryFn: () => api.account.sessions() } as const

/** What everybody may do about themselves: where they are signed in, their tokens, their password. */
export function AccountPage() {
  const { data: me } = useQuery(meQuery)
  return (
    <Page title={t('account.title')} lead={me?.displayName ?? me?.name}>
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('account.sessions')}</h2>
        <Sessions />
      </section>
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('account.tokens')}</h2>
        <div className="subtle">{t('account.tokensLead')}</div>
        <OwnTokens />
      </section>
      {me?.name.startsWith('user:') && (
        <section className="stack-tight" style={{ maxWidth: 420 }}>
          <h2 style={{ margin: 0 }}>{t('signIn.password')}</h2>
          <div className="subtle">{t('account.passwordLead')}</div>
          <PasswordForm />
        </section>
      )}
    </Page>
  )
}

function Sessions() {
  const query = useQuery(sessionsQuery)
  const queries = useQueryClient()
  const [ending, setEnding] = useState<string>()
  const end = async () => {
    if (ending === undefined) return
    await api.account.endSession({ params: { id: ending } })
    await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey })
  }
  return (
    <Loaded query={query}>
      {({ items }) => (
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th>{t('account.browser')}</th>
                <th>{t('account.address')}</th>
                <th>{t('account.since')}</th>
                <th>{t('settings.tokenLastUsed')}</th>
                <th aria-label={t('account.end')} />
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, way, address, agent, createdAt, lastUsedAt, current }) => (
                <tr key={id}>
                  <td className="break">
                    {current && <Lozenge tone="success">{t('account.current')}</Lozenge>} {agent}
                  </td>
                  <td>{address}</td>
                  <td>
                    <When at={createdAt} short /> <span className="subtle">{t(`account.way.${way}`)}</span>
                  </td>
                  <td>
                    <When at={lastUsedAt} />
                  </td>
                  <td className="right">
                    {!current && (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        color="red"
                        aria-label={`${t('account.end')}: ${agent ?? id}`}
                        onClick={() => setEnding(id)}
                      >
                        {t('account.end')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Confirm
            opened={ending !== undefined}
            title={t('account.end')}
            action={t('account.end')}
            danger
            close={() => setEnding(undefined)}
            act={end}
          >
            {t('account.endLead')}
          </Confirm>
        </div>
      )}
    </Loaded>
  )
}
