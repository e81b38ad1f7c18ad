import { Button, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { t } from '../words/t.ts'
import type { Draft } from './draft.ts'
import { dropDraft } from './draft-store.ts'

export interface PreviewStepProps {
  readonly draft: Draft
  readonly rename: (key: string) => void
}

/** Saves the connection and makes a real plan, which opens as any other. */
export function PreviewStep({ draft: { key, document }, rename }: PreviewStepProps) {
  const [busy, setBusy] = useState(false)
  /** What was saved already, when only the preview did not begin. */
  const [saved, setSaved] = useState({ key: '', version: 0 })
  const [error, setError] = useState<unknown>()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const finish = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      const params = { key }
      const basedOn = saved.key === key ? saved.version : 0
      setSaved(await api.connections.put({ params, body: { document: { ...document }, basedOn } }))
      dropDraft()
      const run = await api.connections.run({ params, body: { kind: 'preview' } })
      await queries.invalidateQueries({ queryKey: ['connections'] })
      await navigate({ to: '/runs/$run', params: { run: String(run.number) } })
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="form" onSubmit={finish}>
      <div>{t('wizard.finishLead')}</div>
      <TextInput
        label={t('connection.key')}
        description={t('end.keyHelp')}
        required
        pattern="[a-z0-9\-]{1,40}"
        value={key}
        onChange={(event) => rename(event.currentTarget.value)}
      />
      <pre className="once" style={{ margin: 0 }}>
        {JSON.stringify(document, null, 2)}
      </pre>
      {error !== undefined && <Failure error={error} />}
      <div>
        <Button type="submit" loading={busy}>
          {t('wizard.finish')}
        </Button>
      </div>
    </form>
  )
}
