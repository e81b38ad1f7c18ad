import { Button, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { roles as allRoles, type Role } from '../../contract/route.ts'
import type { UserView } from '../../contract/users.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { SecretOnce } from '../parts/secret-once.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { GrantFields, type Grants } from './grants.tsx'

const usersQuery = { queryKey: ['users'], queryFn: () => api.users.list({ query: { limit: 1000 } }) } as const

/** People who may sign in, with their roles; made with a password that is shown once. */
export function Users() {
  const query = useQuery(usersQuery)
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>()
  const [made, setMade] = useState<string>()
  const act = async (work: () => Promise<unknown>) => {
    setError(undefined)
    try {
      await work()
      await queries.invalidateQueries({ queryKey: usersQuery.queryKey })
    } catch (thrown) {
      setError(thrown)
    }
  }
  const [asked, setAsked] = useState<{ readonly what: 'reset' | 'disable' | 'roles'; readonly user: UserView }>()
  const [grants, setGrants] = useState<Grants>([])
  const decided = async () => {
    if (asked === undefined) return
    const params = { id: asked.user.id }
    if (asked.what === 'reset') setMade((await api.users.resetPassword({ params, body: {} })).password)
    else await api.users.update({ params, body: asked.what === 'roles' ? { grants } : { disabled: true } })
    await queries.invalidateQueries({ queryKey: usersQuery.queryKey })
  }
  return (
    <div className="stack">
      <NewUser
        create={(userName, role) =>
          act(async () => setMade((await api.users.create({ body: { userName, grants: [{ role }] } })).password))
        }
      />
      {error !== undefined && <Failure error={error} />}
      {made !== undefined && <SecretOnce title={t('users.passwordMade')} value={made} />}
      <Loaded query={query}>
        {({ items }) => (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('signIn.userName')}</th>
                  <th>{t('settings.tokenRole')}</th>
                  <th>{t('users.lastSignIn')}</th>
                  <th aria-label={t('users.disable')} />
                </tr>
              </thead>
              <tbody>
                {items.map((user) => (
                  <UserRow
                    key={user.id}
                    user={user}
                    roles={() => {
                      setGrants(user.grants)
                      setAsked({ what: 'roles', user })
                    }}
                    reset={() => setAsked({ what: 'reset', user })}
                    toggle={() =>
                      user.disabledAt === undefined
                        ? setAsked({ what: 'disable', user })
                        : void act(() => api.users.update({ params: { id: user.id }, body: { disabled: false } }))
                    }
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <Confirm
        opened={asked !== undefined}
        title={`${t(`users.${asked?.what ?? 'reset'}`)}: ${asked?.user.userName ?? ''}`}
        action={asked?.what === 'roles' ? t('action.save') : t(`users.${asked?.what ?? 'reset'}`)}
        danger={asked?.what !== 'roles'}
        close={() => setAsked(undefined)}
        act={decided}
      >
        {t(`users.lead.${asked?.what ?? 'reset'}`)}
        {asked?.what === 'roles' && <GrantFields grants={grants} change={setGrants} />}
      </Confirm>
    </div>
  )
}

function UserRow({
  user: { userName, displayName, kind, grants, disabledAt, lastSignedInAt },
  roles,
  reset,
  toggle,
}: {
  readonly user: UserView
  readonly roles: () => void
  readonly reset: () => void
  readonly toggle: () => void
}) {
  return (
    <tr>
      <td>
        <strong>{userName}</strong> {displayName}{' '}
        {disabledAt !== undefined && <Lozenge tone="neutral">{t('users.disabled')}</Lozenge>}
      </td>
      <td>
        {grants.map(({ role, connection }) => (connection === undefined ? role : `${role} (${connection})`)).join(', ')}
      </td>
      <td>{lastSignedInAt === undefined ? t('settings.tokenNever') : <When at={lastSignedInAt} />}</td>
      <td className="right nowrap">
        {kind === 'local' && (
          <>
            <Button size="compact-sm" variant="subtle" aria-label={`${t('users.roles')}: ${userName}`} onClick={roles}>
              {t('users.roles')}
            </Button>
            <Button size="compact-sm" variant="subtle" aria-label={`${t('users.reset')}: ${userName}`} onClick={reset}>
              {t('users.reset')}
            </Button>
          </>
        )}
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          aria-label={`${t(disabledAt === undefined ? 'users.disable' : 'users.enable')}: ${userName}`}
          onClick={toggle}
        >
          {t(disabledAt === undefined ? 'users.disable' : 'users.enable')}
        </Button>
      </td>
    </tr>
  )
}

function NewUser({ create }: { readonly create: (userName: string, role: Role) => Promise<void> }) {
  const [userName, setUserName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await create(userName, role)
    setUserName('')
  }
  return (
    <form className="row" onSubmit={submit} style={{ alignItems: 'flex-end' }}>
      <TextInput
        label={t('signIn.userName')}
        required
        value={userName}
        onChange={(event) => setUserName(event.currentTarget.value)}
      />
      <Select
        label={t('settings.tokenRole')}
        data={allRoles.map((each) => each)}
        value={role}
        onChange={(value) => setRole(allRoles.find((each) => each === value) ?? 'viewer')}
      />
      <Button type="submit" variant="default">
        {t('users.add')}
      </Button>
    </form>
  )
}
