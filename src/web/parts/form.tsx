import { Button } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Failure } from './failure.tsx'

export interface FormProps {
  /** Verb on the button. */
  readonly action: string
  /** What it throws is shown above the button; what was typed stays. */
  readonly act: () => Promise<unknown>
  readonly className?: string
  readonly disabled?: boolean
  readonly children: ReactNode
}

/** Fields, what went wrong with them, and one button; sent once at a time. */
export function Form({ action, act, className = 'stack', disabled = false, children }: FormProps) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await act()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className={className} onSubmit={submit}>
      {children}
      {error !== undefined && <Failure error={error} />}
      <div>
        <Button type="submit" loading={busy} disabled={disabled}>
          {action}
        </Button>
      </div>
    </form>
  )
}
