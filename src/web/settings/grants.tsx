import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type Role, roles } from '../../contract/route.ts'
import type { UserView } from '../../contract/users.ts'
import { connectionsQuery } from '../connections/queries.ts'
import { t } from '../words/t.ts'

export type Grants = UserView['grants']

/** Roles of one person, each everywhere or on one connection. */
export function GrantFields({
  grants,
  change,
}: {
  readonly grants: Grants
  readonly change: (grants: Grants) => void
}) {
  const connections = useQuery(connectionsQuery)
  const put = (at: number, grant: Grants[number]) => change(grants.map((each, index) => (index === at ? grant : each)))
  return (
    <div className="stack-tight">
      {grants.map(({ role, connection }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grants have no name of their own and are only edited in place
        <div key={index} className="row" style={{ alignItems: 'flex-end' }}>
          <Select
            label={t('settings.tokenRole')}
            w={120}
            data={roles.map((each) => each)}
            value={role}
            onChange={(value) => put(index, { ...withConnection(connection), role: roleOf(value) })}
          />
          <Select
            label={t('users.where')}
            w={150}
            data={[
              { value: '', label: t('users.everywhere') },
              ...(connections.data?.items ?? []).map(({ key }) => ({ value: `at ${key}`, label: key })),
            ]}
            value={connection === undefined ? '' : `at ${connection}`}
            onChange={(value) => put(index, { role, ...withConnection(value?.slice(3)) })}
          />
          <Button
            variant="subtle"
            color="gray"
            aria-label={`${t('action.delete')} ${index + 1}`}
            onClick={() => change(grants.filter((_, at) => at !== index))}
          >
            {t('action.delete')}
          </Button>
        </div>
      ))}
      <div>
        <Button variant="default" size="xs" onClick={() => change([...grants, { role: 'viewer' }])}>
          {t('users.addRole')}
        </Button>
      </div>
    </div>
  )
}

function roleOf(value: string | null): Role {
  return roles.find((each) => each === value) ?? 'viewer'
}

function withConnection(connection: string | undefined) {
  return connection === undefined || connection === '' ? {} : { connection }
}
