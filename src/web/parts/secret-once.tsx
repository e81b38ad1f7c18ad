import { Button } from '@mantine/core'
import { useState } from 'react'
import { t } from '../words/t.ts'
import { Message } from './message.tsx'

/** A secret in the only moment it can be seen. */
export function SecretOnce({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <Message tone="discovery" title={title} alert>
      <div>{t('secret.once')}</div>
      <Copyable value={value} />
    </Message>
  )
}

/** A value to be carried elsewhere. */
export function Copyable({ value, label }: { readonly value: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(value)
    setCopied(true)
  }
  return (
    <div className="row">
      <span className="once grow">{value}</span>
      <Button
        variant="default"
        size="xs"
        onClick={copy}
        {...(label === undefined ? {} : { 'aria-label': `${t('action.copy')}: ${label}` })}
      >
        {copied ? t('action.copied') : t('action.copy')}
      </Button>
    </div>
  )
}
