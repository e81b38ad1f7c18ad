import { PasswordInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { Form } from '../parts/form.tsx'
import { t } from '../words/t.ts'

/** Stands before every page until a password that somebody else gave is replaced by an own one. */
export function OwnPassword() {
  return (
    <main className="alone">
      <div className="card stack">
        <h1 className="page-title">{t('ownPassword.title')}</h1>
        <div className="subtle">{t('ownPassword.lead')}</div>
        <PasswordForm />
      </div>
    </main>
  )
}

/** The present password and a new one. All other sessions end with the change. */
export function PasswordForm() {
  const queries = useQueryClient()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = async () => {
    await api.account.changePassword({ body: { current, next } })
    setCurrent('')
    setNext('')
    await queries.invalidateQueries()
  }
  return (
    <Form action={t('ownPassword.action')} act={change}>
      <PasswordInput
        label={t('ownPassword.current')}
        autoComplete="current-password"
        required
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('ownPassword.next')}
        description={t('setUp.passwordHelp')}
        autoComplete="new-password"
        required
        value={next}
        onChange={(event) => setNext(event.currentTarget.value)}
      />
    </Form>
  )
}
