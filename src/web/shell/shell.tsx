import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { ProvisioningError } from '../../domain/errors.ts'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Icon } from '../parts/icon.tsx'
import { meQuery } from '../parts/me.ts'
import { holdCsrfToken } from '../session.ts'
import { OwnPassword } from '../sign-in/own-password.tsx'
import { SignIn } from '../sign-in/sign-in.tsx'
import { t } from '../words/t.ts'
import { Navigation } from './navigation.tsx'

/** Top bar, navigation at the left, the page. Whoever is not signed in sees the sign-in page in its place. */
export function Shell() {
  const { data: me, error } = useQuery(meQuery)
  if (error instanceof ProvisioningError && error.code === 'unauthenticated') return <SignIn />
  if (me === undefined && error === null) return null
  if (me?.session?.mustChangePassword === true) return <OwnPassword />
  return (
    <div className="shell">
      <a href="#content" className="skip">
        {t('nav.skip')}
      </a>
      <header className="shell-top">
        <Link to="/" className="shell-brand">
          <img src="/icon.svg" alt="" width={24} height={24} />
          Muster
        </Link>
        <div className="grow" />
        <ThemeToggle />
        {me !== undefined && <Account name={me.displayName ?? me.name} roles={me.roles.join(', ')} />}
      </header>
      <Navigation />
      <main className="shell-main" id="content" tabIndex={-1}>
        {error === null ? <Outlet /> : <Failure error={error} />}
      </main>
    </div>
  )
}

function ThemeToggle() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  return (
    <ActionIcon
      aria-label={t('theme.toggle')}
      title={t('theme.toggle')}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      <Icon name="theme" />
    </ActionIcon>
  )
}

function Account({ name, roles }: { readonly name: string; readonly roles: string }) {
  const queries = useQueryClient()
  const signOut = async () => {
    await api.signIn.signOut()
    holdCsrfToken(undefined)
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
    await queries.resetQueries(meQuery)
  }
  const said = t('session.account', { name, roles })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={said} title={said}>
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{said}</Menu.Label>
        <Menu.Item onClick={signOut}>{t('session.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
