import { Button, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { roles } from '../../contract/route.ts'
import { api } from '../api.ts'
import { now } from '../clock.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Empty } from '../parts/empty.tsx'
import { Form } from '../parts/form.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { SecretOnce } from '../parts/secret-once.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'

const tokensQuery = { queryKey: ['own-tokens'], queryFn: () => api.account.tokens() } as const
const dayMs = 86_400_000
const lifetimes = ['7', '30', '90', '365'] as const

/** Personal tokens: they may do at most what their owner may do, and end with them. */
export function OwnTokens() {
  const query = useQuery(tokensQuery)
  const queries = useQueryClient()
  const [ending, setEnding] = useState<string>()
  const revoke = async () => {
    if (ending === undefined) return
    await api.account.revokeToken({ params: { id: ending } })
    await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
  }
  return (
    <div className="stack-tight">
      <NewToken />
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('settings.tokensEmpty')} />}
      >
        {({ items }) => (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('settings.tokenName')}</th>
                  <th>{t('settings.tokenRole')}</th>
                  <th>{t('settings.tokenLastUsed')}</th>
                  <th>{t('settings.tokenExpires')}</th>
                  <th aria-label={t('settings.tokenRevoke')} />
                </tr>
              </thead>
              <tbody>
                {items.map(({ id, name, prefix, roles: held, connections, lastUsedAt, expiresAt }) => (
                  <tr key={id}>
                    <td>
                      {name} <code className="subtle">{prefix}…</code>
                    </td>
                    <td>
                      {held.join(', ')} {connections !== undefined && `(${connections.join(', ')})`}
                    </td>
                    <td>{lastUsedAt === undefined ? t('settings.tokenNever') : <When at={lastUsedAt} />}</td>
                    <td>{expiresAt === undefined ? t('settings.tokenNever') : <When at={expiresAt} />}</td>
                    <td className="right">
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        color="red"
                        aria-label={`${t('settings.tokenRevoke')}: ${name}`}
                        onClick={() => setEnding(id)}
                      >
                        {t('settings.tokenRevoke')}
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <Confirm
        opened={ending !== undefined}
        title={t('settings.tokenRevoke')}
        action={t('settings.tokenRevoke')}
        danger
        close={() => setEnding(undefined)}
        act={revoke}
      >
        {t('settings.tokenRevokeLead')}
      </Confirm>
    </div>
  )
}

function NewToken() {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<(typeof roles)[number]>('viewer')
  const [days, setDays] = useState<(typeof lifetimes)[number]>('90')
  const [made, setMade] = useState<string>()
  const create = async () => {
    const expiresAt = new Date(now() + Number(days) * dayMs - 60_000).toISOString()
    const { value } = await api.account.createToken({ body: { name, roles: [role], expiresAt } })
    setMade(value)
    setName('')
    await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
  }
  return (
    <>
      <Form action={t('settings.tokenCreate')} act={create} className="row form-row">
        <TextInput
          label={t('settings.tokenName')}
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label={t('settings.tokenRole')}
          data={roles.map((each) => each)}
          value={role}
          onChange={(value) => setRole(roles.find((each) => each === value) ?? 'viewer')}
        />
        <Select
          label={t('account.lifetime')}
          data={lifetimes.map((each) => ({ value: each, label: t('account.days', { days: each }) }))}
          value={days}
          onChange={(value) => setDays(lifetimes.find((each) => each === value) ?? '90')}
        />
      </Form>
      {made !== undefined && <SecretOnce title={t('settings.tokenMade')} value={made} />}
    </>
  )
}
