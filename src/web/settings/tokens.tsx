import { Button, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Role, roles } from '../../contract/route.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { SecretOnce } from '../parts/secret-once.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'

const tokensQuery = { queryKey: ['tokens'], queryFn: () => api.tokens.list() } as const

/** API tokens: made with one role, shown once, ended at once. */
export function Tokens() {
  const query = useQuery(tokensQuery)
  const queries = useQueryClient()
  const [ending, setEnding] = useState<string>()
  const revoke = async () => {
    if (ending === undefined) return
    await api.tokens.revoke({ params: { id: ending } })
    await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
  }
  return (
    <div className="stack">
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
                {items.map(({ id, name, prefix, roles: held, lastUsedAt, expiresAt }) => (
                  <tr key={id}>
                    <td>
                      {name} <code className="subtle">{prefix}…</code>
                    </td>
                    <td>{held.join(', ')}</td>
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
  const [role, setRole] = useState<Role>('viewer')
  const [made, setMade] = useState<string>()
  const [error, setError] = useState<unknown>()
  const create = async (event: FormEvent) => {
    event.preventDefault()
    setError(undefined)
    try {
      const { value } = await api.tokens.create({ body: { name, roles: [role] } })
      setMade(value)
      setName('')
      await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <>
      <form className="row" onSubmit={create} style={{ alignItems: 'flex-end' }}>
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
        <Button type="submit" variant="default">
          {t('settings.tokenCreate')}
        </Button>
      </form>
      {error !== undefined && <Failure error={error} />}
      {made !== undefined && <SecretOnce title={t('settings.tokenMade')} value={made} />}
    </>
  )
}
