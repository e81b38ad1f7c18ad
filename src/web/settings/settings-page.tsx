import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { meQuery } from '../parts/me.ts'
import { Page } from '../parts/page.tsx'
import { Copyable } from '../parts/secret-once.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { Notifications } from './notifications.tsx'
import { type SettingsTab, settingsSearch, settingsTabs, tabTitle } from './search.ts'
import { SingleSignOn } from './single-sign-on.tsx'
import { Tokens } from './tokens.tsx'
import { Users } from './users.tsx'

const route = getRouteApi('/settings')

const panels: Readonly<Record<SettingsTab, () => ReactNode>> = {
  tokens: Tokens,
  users: Users,
  'sign-on': SingleSignOn,
  notifications: Notifications,
  secrets: Secrets,
  export: Export,
  about: About,
}

export function SettingsPage() {
  const { tab = 'tokens' } = route.useSearch()
  const navigate = route.useNavigate()
  const Panel = panels[tab]
  return (
    <Page title={t('settings.title')}>
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: settingsSearch({ tab: value }), replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          {settingsTabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {tabTitle(each)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="md">
          <Panel />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function Secrets() {
  const query = useQuery({ queryKey: ['secrets'], queryFn: () => api.secrets.list() })
  return (
    <Loaded
      query={query}
      isEmpty={({ items }) => items.length === 0}
      empty={<Empty title={t('settings.secretsEmpty')} />}
    >
      {({ items }) => (
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th>{t('settings.secretOwner')}</th>
                <th>{t('settings.secretField')}</th>
                <th>{t('end.state')}</th>
                <th>{t('settings.tokenExpires')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ owner, field, readable, expires }) => (
                <tr key={`${owner}${field}`}>
                  <td>{owner}</td>
                  <td>{field}</td>
                  <td>{t(readable ? 'settings.secretReadable' : 'settings.secretUnreadable')}</td>
                  <td>{expires !== undefined && <When at={expires} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Loaded>
  )
}

function Export() {
  const query = useQuery({ queryKey: ['configuration'], queryFn: () => api.configuration.export() })
  return (
    <div className="stack-tight">
      <div className="subtle">{t('settings.exportLead')}</div>
      <Loaded query={query}>
        {({ yaml }) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          <pre className="once" tabIndex={0} style={{ overflow: 'auto', maxHeight: 520 }}>
            {yaml}
          </pre>
        )}
      </Loaded>
    </div>
  )
}

function About() {
  const query = useQuery(meQuery)
  return (
    <Loaded query={query}>
      {({ version, instanceId, name, roles }) => (
        <dl className="facts">
          <dt>{t('settings.version')}</dt>
          <dd>{version}</dd>
          <dt>{t('settings.instance')}</dt>
          <dd>
            <Copyable value={instanceId} label={t('settings.instance')} />
          </dd>
          <dt>{t('audit.actor')}</dt>
          <dd>{t('session.account', { name, roles: roles.join(', ') })}</dd>
        </dl>
      )}
    </Loaded>
  )
}
