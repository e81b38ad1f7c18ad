import { Button, PasswordInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { t } from '../words/t.ts'

/** Stands before every page until a password that somebody else gave is replaced by an own one. */
export function OwnPassword() {
  const queries = useQueryClient()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const change = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await api.account.changePassword({ body: { current, next } })
      await queries.invalidateQueries()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <main className="alone">
      <form className="card stack" onSubmit={change}>
        <h1 className="page-title">{t('ownPassword.title')}</h1>
        <div className="subtle">{t('ownPassword.lead')}</div>
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
        {error !== undefined && <Failure error={error} />}
        <Button type="submit" loading={busy}>
          {t('ownPassword.action')}
        </Button>
      </form>
    </main>
  )
}
