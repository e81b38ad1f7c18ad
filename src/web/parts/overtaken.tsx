import { Button } from '@mantine/core'
import { useState } from 'react'
import { ProvisioningError } from '../../domain/errors.ts'
import { t } from '../words/t.ts'
import { Message } from './message.tsx'

/** What a form was opened with, as it was saved. */
export interface Versioned {
  /** Absent or 0 = nothing is saved yet. */
  readonly version?: number | undefined
  readonly savedBy?: string | undefined
}

/** Settings while somebody edits them, and what others saved since. */
export interface Edit<Saved extends Versioned> {
  readonly base: Saved
  /** Saved by somebody else meanwhile. */
  readonly newer: Saved | undefined
  /** To be sent along, so that nothing unseen is overwritten: what was opened, or what `newer` has shown. */
  readonly basedOn: number
  /** Goes on with what others saved. */
  take(): void
  /** This version is our own. */
  saved(version: number): void
}

/** `current` may be read anew at any time; what the form shows stays what it was opened with. */
export function useEdited<Saved extends Versioned>(current: Saved): Edit<Saved> {
  const [base, setBase] = useState(current)
  const [own, setOwn] = useState<number>()
  const versionOf = (saved: Saved) => saved.version ?? 0
  const isOther = versionOf(current) !== versionOf(base)
  const isOwn = isOther && versionOf(current) === own
  if (isOwn) setBase(current)
  const newer = isOther && !isOwn ? current : undefined
  return {
    base,
    newer,
    basedOn: versionOf(newer ?? base),
    take: () => setBase(current),
    saved: setOwn,
  }
}

/** Saves; when somebody else was faster, what they saved is read before the refusal is told. */
export async function unlessOvertaken<Told>(save: () => Promise<Told>, look: () => Promise<unknown>): Promise<Told> {
  try {
    return await save()
  } catch (thrown) {
    if (thrown instanceof ProvisioningError && thrown.code === 'conflict') await look()
    throw thrown
  }
}

/** Says that somebody else saved meanwhile, and that nothing written here is lost. */
export function Overtaken<Saved extends Versioned>({ edited: { newer, take } }: { readonly edited: Edit<Saved> }) {
  if (newer === undefined) return null
  return (
    <Message
      tone="warning"
      title={newer.savedBy === undefined ? t('overtaken.removed') : t('overtaken.title', { by: newer.savedBy })}
      alert
      actions={
        <Button variant="default" size="xs" onClick={take}>
          {t('overtaken.take')}
        </Button>
      }
    >
      <div>{t('overtaken.help')}</div>
    </Message>
  )
}
