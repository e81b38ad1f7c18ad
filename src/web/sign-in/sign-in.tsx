import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MeView } from '../../contract/system.ts'
import { api } from '../api.ts'
import { Form } from '../parts/form.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { meQuery, signedIn } from '../parts/me.ts'
import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'

/** What stands in place of every page until somebody is signed in: the first set-up, or the way in. */
export function SignIn() {
  const options = useQuery(optionsQuery)
  return (
    <main className="alone">
      <div className="card stack">
        <div className="row">
          <img src="/icon.svg" alt="" width={32} height={32} />
          <h1 className="page-title">{t(options.data?.setupNeeded === true ? 'setUp.title' : 'signIn.title')}</h1>
        </div>
        {options.data?.setupNeeded === false && <div className="subtle">{t('signIn.lead')}</div>}
        <WaysIn />
      </div>
    </main>
  )
}

const optionsQuery = { queryKey: ['sign-in'], queryFn: () => api.signIn.options() } as const

/** Every way this installation lets people in; with `elsewhere`, none of them leaves the page that is open. */
export function WaysIn({ elsewhere = false }: { readonly elsewhere?: boolean }) {
  const options = useQuery(optionsQuery)
  return (
    <Loaded query={options}>
      {({ setupNeeded, password, oidc, problems }) => {
        if (setupNeeded) return <SetUpForm />
        const problem = problems[new URLSearchParams(window.location.search).get('problem') ?? '']
        return (
          <>
            {problem !== undefined && (
              <Message tone="danger" title={problem.message} alert>
                <div>{problem.hint}</div>
              </Message>
            )}
            {oidc !== undefined && elsewhere && <div className="subtle">{t('session.overElsewhere')}</div>}
            {oidc !== undefined && (
              <Button
                component="a"
                href={oidc.start}
                {...(elsewhere ? { target: '_blank', rel: 'noreferrer' } : {})}
                {...(password ? { variant: 'default' } : {})}
              >
                {t('signIn.sso', { name: oidc.displayName })}
              </Button>
            )}
            {password && <SignInForm />}
          </>
        )
      }}
    </Loaded>
  )
}

/** What ends with somebody signed in. */
function useEntry(enter: () => Promise<MeView>) {
  const queries = useQueryClient()
  return async () => {
    queries.setQueryData(meQuery.queryKey, signedIn(await enter()))
    await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
  }
}

function SignInForm() {
  const [userName, setUserName] = useState('')
  const [password, setPassword] = useState('')
  const enter = useEntry(() => api.signIn.withPassword({ body: { userName, password } }))
  return (
    <Form action={t('signIn.action')} act={enter}>
      <TextInput
        label={t('signIn.userName')}
        autoComplete="username"
        required
        value={userName}
        onChange={(event) => setUserName(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('signIn.password')}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </Form>
  )
}

function SetUpForm() {
  const [code, setCode] = useState('')
  const [userName, setUserName] = useState('')
  const [password, setPassword] = useState('')
  const enter = useEntry(() => api.setup.complete({ body: { code, userName, password } }))
  return (
    <Form action={t('setUp.action')} act={enter}>
      <div className="subtle">{t('setUp.lead')}</div>
      <TextInput
        label={t('setUp.code')}
        description={t('setUp.codeHelp')}
        autoComplete="off"
        required
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <TextInput
        label={t('signIn.userName')}
        autoComplete="username"
        required
        value={userName}
        onChange={(event) => setUserName(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('signIn.password')}
        description={t('setUp.passwordHelp')}
        autoComplete="new-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </Form>
  )
}
