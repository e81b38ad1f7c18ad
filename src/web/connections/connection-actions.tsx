import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ConnectionDetail } from '../../contract/connections.ts'
import { type RetirementChoice, retirementActions } from '../../domain/retirement.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { useMay } from '../parts/me.ts'
import { t } from '../words/t.ts'

/** Preview, run, pause, resume and retire. */
export function ConnectionActions({ connection }: { readonly connection: ConnectionDetail }) {
  const { key, paused, mode } = connection
  const [dialog, setDialog] = useState<'run' | 'preview' | 'pause' | 'retire'>()
  const [why, setWhy] = useState('')
  const [accounts, setAccounts] = useState<RetirementChoice['accounts']>('nothing')
  const [adopted, setAdopted] = useState(false)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const mayRetire = useMay('admin', key)
  if (!useMay('operator', key)) return null
  const close = () => setDialog(undefined)
  const refresh = () => queries.invalidateQueries({ queryKey: ['connections'] })
  const start = async (kind: 'full' | 'preview') => {
    const run = await api.connections.run({ params: { key }, body: { kind } })
    await navigate({ to: '/runs/$run', params: { run: String(run.number) } })
  }
  const pause = async () => {
    await api.connections.pause({ params: { key }, body: why.trim() === '' ? {} : { why: why.trim() } })
    await refresh()
  }
  const resume = async () => {
    await api.connections.resume({ params: { key } })
    await refresh()
  }
  const retire = async () => {
    const run = await api.connections.retire({ params: { key }, body: { accounts, adopted } })
    await navigate({ to: '/runs/$run', params: { run: String(run.number) } })
  }
  return (
    <>
      <Button onClick={() => setDialog('preview')}>{t('connection.preview')}</Button>
      {paused === undefined ? (
        <>
          <Button variant="default" onClick={() => setDialog('run')}>
            {t('connection.run')}
          </Button>
          <Button variant="default" onClick={() => setDialog('pause')}>
            {t('connection.pause')}
          </Button>
        </>
      ) : (
        <Button variant="default" onClick={() => void resume()}>
          {t('connection.resume')}
        </Button>
      )}
      {mayRetire && (
        <Button variant="default" onClick={() => setDialog('retire')}>
          {t('connection.retire')}
        </Button>
      )}
      <Confirm
        opened={dialog === 'retire'}
        title={t('connection.retire')}
        action={t('connection.retire')}
        close={close}
        act={retire}
      >
        <div>{t('connection.retireLead')}</div>
        <Select
          label={t('connection.retireAccounts')}
          description={t('connection.retireAccountsHelp')}
          data={retirementActions.map((value) => ({ value, label: t(`connection.retire.${value}`) }))}
          value={accounts}
          onChange={(value) => setAccounts(retirementActions.find((each) => each === value) ?? 'nothing')}
        />
        <Checkbox
          size="sm"
          label={t('connection.retireAdopted')}
          checked={adopted}
          onChange={(event) => setAdopted(event.currentTarget.checked)}
        />
      </Confirm>
      <Confirm
        opened={dialog === 'preview'}
        title={t('connection.preview')}
        action={t('connection.preview')}
        close={close}
        act={() => start('preview')}
      >
        {t('connection.runLead.preview')}
      </Confirm>
      <Confirm
        opened={dialog === 'run'}
        title={t('connection.run')}
        action={t('connection.run')}
        close={close}
        act={() => start('full')}
      >
        {t(`connection.runLead.${mode}`)}
      </Confirm>
      <Confirm
        opened={dialog === 'pause'}
        title={t('connection.pause')}
        action={t('connection.pause')}
        close={close}
        act={pause}
      >
        <div>{t('connection.pauseLead')}</div>
        <TextInput
          label={t('connection.pauseWhy')}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
          maxLength={500}
        />
      </Confirm>
    </>
  )
}
