import { Button, Modal } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { t } from '../words/t.ts'
import { Failure } from './failure.tsx'
import { useFocusBack } from './focus.ts'

export interface ConfirmProps {
  readonly opened: boolean
  readonly title: string
  /** Verb and number: `Apply 10 changes`. */
  readonly action: string
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly children: ReactNode
  readonly close: () => void
  /** Closes the dialog when it is fulfilled; what it throws is shown in it. */
  readonly act: () => Promise<unknown>
}

/** A decision: what will happen, one verb, and a way out. */
export function Confirm({ opened, title, action, danger, disabled = false, children, close, act }: ConfirmProps) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  useFocusBack(opened)
  const leave = () => {
    setError(undefined)
    close()
  }
  const go = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await act()
      leave()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened={opened} onClose={leave} title={<strong>{title}</strong>}>
      <div className="stack">
        <div className="stack-tight">{children}</div>
        {error !== undefined && <Failure error={error} />}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="subtle" color="gray" onClick={leave}>
            {t('action.cancel')}
          </Button>
          <Button onClick={go} loading={busy} disabled={disabled} {...(danger === true ? { color: 'red' } : {})}>
            {action}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
