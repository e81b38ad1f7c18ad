import { Button, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Role, roles } from '../../contract/route.ts'
import type { TokenView } from '../../contract/tokens.ts'
import { now } from '../clock.ts'
import { t } from '../words/t.ts'
import { Confirm } from './confirm.tsx'
import { Empty } from './empty.tsx'
import { Form } from './form.tsx'
import { Loaded } from './loaded.tsx'
import { SecretOnce } from './secret-once.tsx'
import { When } from './when.tsx'

const dayMs = 86_400_000
/** A token that somebody makes right now may live a year at most; the minute is for the way to the server. */
const slackMs = 60_000
const lifetimes = ['7', '30', '90', '365'] as const
type Lifetime = (typeof lifetimes)[number] | ''

export interface NewToken {
  readonly name: string
  readonly roles: [Role]
  readonly expiresAt?: string
}

export interface TokenListProps {
  readonly queryKey: readonly string[]
  readonly list: () => Promise<{ readonly items: readonly TokenView[] }>
  readonly create: (token: NewToken) => Promise<{ readonly value: string }>
  readonly revoke: (id: string) => Promise<unknown>
  /** Whether a token may be made that never ends. */
  readonly mayStay: boolean
}

/** Tokens: made with one role, shown once, ended at once. */
export function TokenList({ queryKey, list, create, revoke, mayStay }: TokenListProps) {
  const query = useQuery({ queryKey, queryFn: list })
  const queries = useQueryClient()
  const [ending, setEnding] = useState<string>()
  const again = () => queries.invalidateQueries({ queryKey })
  const end = async () => {
    if (ending === undefined) return
    await revoke(ending)
    await again()
  }
  const make = async (token: NewToken) => {
    const { value } = await create(token)
    await again()
    return value
  }
  return (
    <div className="stack">
      <TokenForm make={make} mayStay={mayStay} />
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('settings.tokensEmpty')} />}
      >
        {({ items }) => <TokenTable items={items} end={setEnding} />}
      </Loaded>
      <Confirm
        opened={ending !== undefined}
        title={t('settings.tokenRevoke')}
        action={t('settings.tokenRevoke')}
        danger
        close={() => setEnding(undefined)}
        act={end}
      >
        {t('settings.tokenRevokeLead')}
      </Confirm>
    </div>
  )
}

function TokenTable({ items, end }: { readonly items: readonly TokenView[]; readonly end: (id: string) => void }) {
  return (
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
          {items.map(({ id, name, prefix, user, roles: held, connections, lastUsedAt, expiresAt }) => (
            <tr key={id}>
              <td>
                {name} <code className="subtle">{prefix}…</code> {user !== undefined && `(${user})`}
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
                  onClick={() => end(id)}
                >
                  {t('settings.tokenRevoke')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface TokenFormProps extends Pick<TokenListProps, 'mayStay'> {
  readonly make: (token: NewToken) => Promise<string>
}

function TokenForm({ make, mayStay }: TokenFormProps) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [days, setDays] = useState<Lifetime>(mayStay ? '' : '90')
  const [made, setMade] = useState<string>()
  const create = async () => {
    const expiresAt = new Date(now() + Number(days) * dayMs - slackMs).toISOString()
    setMade(await make({ name, roles: [role], ...(days === '' ? {} : { expiresAt }) }))
    setName('')
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
          data={[
            ...(mayStay ? [{ value: '', label: t('settings.tokenNever') }] : []),
            ...lifetimes.map((each) => ({ value: each, label: t('account.days', { days: each }) })),
          ]}
          value={days}
          onChange={(value) => setDays(lifetimes.find((each) => each === value) ?? (mayStay ? '' : '90'))}
        />
      </Form>
      {made !== undefined && <SecretOnce title={t('settings.tokenMade')} value={made} />}
    </>
  )
}
