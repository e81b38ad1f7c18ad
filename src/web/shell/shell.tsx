import { ActionIcon, Menu, Modal, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ProvisioningError } from '../../domain/errors.ts'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Icon } from '../parts/icon.tsx'
import { meQuery } from '../parts/me.ts'
import { SearchButton } from '../search/search-button.tsx'
import { holdCsrfToken, whenTurnedAway } from '../session.ts'
import { OwnPassword } from '../sign-in/own-password.tsx'
import { SignIn, WaysIn } from '../sign-in/sign-in.tsx'
import { t } from '../words/t.ts'
import { Navigation } from './navigation.tsx'

const askAgainMs = 2_000

function isSignedOut(error: Error | null): boolean {
  return error instanceof ProvisioningError && error.code === 'unauthenticated'
}

/** Top bar, navigation at the left, the page. Whoever is not signed in sees the sign-in page in its place. */
export function Shell() {
  // Whoever signs in again in another window is let in here, too, with whatever was typed.
  const { data: me, error } = useQuery({
    ...meQuery,
    refetchInterval: ({ state }) => (isSignedOut(state.error) && state.data !== undefined ? askAgainMs : false),
  })
  const queries = useQueryClient()
  useEffect(() => whenTurnedAway(() => void queries.invalidateQueries(meQuery)), [queries])
  const isOut = isSignedOut(error)
  if (isOut && me === undefined) return <SignIn />
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
        {me !== undefined && <SearchButton />}
        <ActionIcon
          aria-label={t('help.title')}
          title={t('help.title')}
          renderRoot={(props) => <Link to="/help" {...props} />}
        >
          <Icon name="info" />
        </ActionIcon>
        <ThemeToggle />
        {me !== undefined && <Account name={me.displayName ?? me.name} roles={me.roles.join(', ')} />}
      </header>
      <Navigation />
      <main className="shell-main" id="content" tabIndex={-1}>
        {error !== null && !isOut && <Failure error={error} />}
        {me !== undefined && <Outlet />}
      </main>
      {/* The page stays as it is behind it, with whatever was typed. */}
      <Modal
        opened={isOut}
        onClose={() => undefined}
        withCloseButton={false}
        closeOnClickOutside={false}
        closeOnEscape={false}
        title={<strong>{t('session.over')}</strong>}
      >
        <div className="stack">
          <div>{t('session.overLead')}</div>
          <WaysIn elsewhere />
        </div>
      </Modal>
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
        <Menu.Item renderRoot={(props) => <Link to="/account" {...props} />}>{t('account.title')}</Menu.Item>
        <Menu.Item onClick={signOut}>{t('session.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
