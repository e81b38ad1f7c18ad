import { Button } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { SettingSaved } from '../../contract/ends.ts'
import type { Document, Field } from '../ends/field-value.ts'
import { SettingField } from '../ends/setting-field.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { Message } from '../parts/message.tsx'
import { type Edit, Overtaken, unlessOvertaken, type Versioned } from '../parts/overtaken.tsx'
import { t } from '../words/t.ts'
import type { SettingDraft } from './setting-draft.ts'

export interface SettingFormProps {
  readonly label: string
  readonly draft: SettingDraft
  /** Controls of settings that no plain field can hold, by their name. */
  readonly controls?: Readonly<Record<string, (field: Field) => ReactNode>>
  /** What choices are called. */
  readonly names?: Readonly<Record<string, string>>
  readonly put: (document: Document, dryRun: boolean) => Promise<SettingSaved>
  readonly edited: Edit<Versioned>
  /** Reads anew what is saved. */
  readonly look: () => Promise<unknown>
  readonly saved: () => Promise<unknown>
  /** Stands above everything: what only a new one needs. */
  readonly children?: ReactNode
  /** Stands beside the button. */
  readonly actions?: (document: () => Document) => ReactNode
}

/** A form for settings of the installation: what it would change is shown before it is saved. */
export function SettingForm({
  label,
  draft,
  controls = {},
  names = {},
  put,
  edited,
  look: lookAgain,
  saved,
  children,
  actions,
}: SettingFormProps) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const [review, setReview] = useState<{ readonly document: Document; readonly told: SettingSaved }>()
  const look = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      const document = draft.document()
      setReview({ document, told: await unlessOvertaken(() => put(document, true), lookAgain) })
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  const save = async () => {
    if (review === undefined) return
    const { version } = await unlessOvertaken(() => put(review.document, false), lookAgain)
    if (version !== undefined) edited.saved(version)
    await saved()
  }
  const groups = Map.groupBy(draft.fields, (field) => field.group)
  return (
    <form className="form" onSubmit={look} aria-label={label}>
      {children}
      {[...groups].map(([group, fields]) => (
        <fieldset key={group} className="stack" style={{ border: 0, margin: 0, padding: 0 }}>
          <legend style={{ fontSize: 16, fontWeight: 600, padding: 0 }}>{group}</legend>
          {fields.map(
            (field) => controls[field.name]?.(field) ?? <Plain key={field.name} {...{ field, draft, names }} />,
          )}
        </fieldset>
      ))}
      <Overtaken edited={edited} />
      {error !== undefined && <Failure error={error} />}
      <div className="row">
        <Button type="submit" loading={busy}>
          {t('settings.review')}
        </Button>
        {actions?.(() => draft.document())}
      </div>
      <Confirm
        opened={review !== undefined}
        title={t('settings.reviewTitle')}
        action={t('action.save')}
        disabled={review?.told.changes.length === 0}
        close={() => setReview(undefined)}
        act={save}
      >
        <Changes {...(review?.told ?? { changes: [], warnings: [] })} />
      </Confirm>
    </form>
  )
}

function Changes({ changes, warnings }: Pick<SettingSaved, 'changes' | 'warnings'>) {
  return (
    <>
      {warnings.map(({ message, hint }) => (
        <Message key={message} tone="warning" title={message}>
          {hint !== undefined && <div>{hint}</div>}
        </Message>
      ))}
      {changes.length === 0 ? (
        t('settings.noChange')
      ) : (
        <ul style={{ margin: 0, paddingLeft: 20 }}>
          {changes.map((each) => (
            <li key={each} className="break">
              {each}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

interface PlainProps extends Required<Pick<SettingFormProps, 'draft' | 'names'>> {
  readonly field: Field
}

function Plain({ field, draft, names }: PlainProps) {
  const { name, label, secret, required } = field
  const isKept = draft.isKept(name)
  return (
    <>
      <SettingField
        field={field}
        value={draft.text(name)}
        change={(text) => draft.setText(name, text)}
        isKept={secret && isKept}
        names={names}
      />
      {secret && isKept && !required && (
        <div>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => draft.drop(name)}>
            {t('settings.dropSecret', { name: label })}
          </Button>
        </div>
      )}
    </>
  )
}
