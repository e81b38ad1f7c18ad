import { Button, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { EndDetail } from '../../contract/ends.ts'
import type { KindView } from '../../contract/system.ts'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { type Edit, Overtaken, unlessOvertaken, useEdited, type Versioned } from '../parts/overtaken.tsx'
import { t } from '../words/t.ts'
import { type Document, drawnFields, type Field, isDemanded, textOf, valueAt, withTexts } from './field-value.ts'
import type { Noun } from './queries.ts'
import { SettingField } from './setting-field.tsx'
import { Trial } from './trial.tsx'

export interface EndFormProps {
  readonly noun: Noun
  readonly kind: KindView
  /** Present when settings are changed; absent for a new source or target. */
  readonly present?: Pick<EndDetail, 'key' | 'document' | 'version' | 'savedBy'>
  readonly action: string
  readonly saved: (key: string) => void
}

/** A form for all settings of one kind of source or target, by groups, as its connector declares them. */
export function EndForm({ present, ...rest }: EndFormProps) {
  const edited = useEdited(present ?? { key: '', version: 0, document: { type: rest.kind.type } })
  return <Form key={edited.base.version} isNew={present === undefined} edited={edited} {...rest} />
}

interface FormProps extends Omit<EndFormProps, 'present'> {
  readonly isNew: boolean
  readonly edited: Edit<Versioned & { readonly key: string; readonly document: Document }>
}

function Form({ noun, kind, isNew, edited, action, saved }: FormProps) {
  const { document } = edited.base
  const fields = drawnFields(kind.fields, document)
  const [key, setKey] = useState('')
  const [displayName, setDisplayName] = useState(String(document.displayName ?? ''))
  const [texts, setTexts] = useState(() =>
    Object.fromEntries(fields.map((field) => [field.name, textOf(field, document)])),
  )
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const queries = useQueryClient()
  const first = useRef<HTMLInputElement>(null)
  // A form opens because somebody asked for it: it is where they go on.
  useEffect(() => first.current?.focus(), [])
  const settings = () => {
    const { displayName: _, ...rest } = withTexts(document, fields, texts)
    return displayName.trim() === '' ? rest : { ...rest, displayName: displayName.trim() }
  }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      const named = isNew ? key : edited.base.key
      const look = () => queries.invalidateQueries({ queryKey: [noun] })
      const { version } = await unlessOvertaken(
        () => api[noun].put({ params: { key: named }, body: { document: settings(), basedOn: edited.basedOn } }),
        look,
      )
      edited.saved(version)
      await look()
      saved(named)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  const groups = Map.groupBy(fields, (field) => field.group)
  return (
    <form className="form" onSubmit={save} aria-label={kind.title}>
      {isNew && (
        <TextInput
          ref={first}
          label={t('end.key')}
          description={t('end.keyHelp')}
          required
          pattern="[a-z0-9\-]{1,40}"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
      )}
      <TextInput
        {...(isNew ? {} : { ref: first })}
        label={t('end.name')}
        value={displayName}
        onChange={(event) => setDisplayName(event.currentTarget.value)}
      />
      {[...groups].map(([group, inGroup]) => {
        const controls = inGroup.map((field) => (
          <SettingField
            key={field.name}
            field={{ ...field, required: isDemanded(field, texts) }}
            value={texts[field.name] ?? ''}
            change={(value) => setTexts((before) => ({ ...before, [field.name]: value }))}
            isKept={!isNew && valueAt(document, field.name) !== undefined}
          />
        ))
        return inGroup.some((field) => wasAsked(field, document)) ? (
          <fieldset key={group} className="stack" style={{ border: 0, margin: 0, padding: 0 }}>
            <legend style={{ fontSize: 16, fontWeight: 600, padding: 0 }}>{group}</legend>
            {controls}
          </fieldset>
        ) : (
          <details key={group}>
            <summary>
              <strong>{group}</strong>{' '}
              <span className="subtle">{t('end.moreSettings', { count: inGroup.length })}</span>
            </summary>
            <div className="stack" style={{ paddingTop: 12 }}>
              {controls}
            </div>
          </details>
        )
      })}
      {/* What an identity provider pushes is here already, or not yet: there is nobody to ask. */}
      {noun === 'sources' && kind.way === 'pull' && (
        <Trial source={isNew ? (key === '' ? kind.type : key) : edited.base.key} settings={settings} />
      )}
      <Overtaken edited={edited} />
      {error !== undefined && <Failure error={error} />}
      <div>
        <Button type="submit" loading={busy}>
          {action}
        </Button>
      </div>
    </form>
  )
}

/** Groups of settings that hold no secret and that nobody must fill in, and nobody did, begin folded. */
function wasAsked(field: Field, document: Document): boolean {
  return field.secret || isDemanded(field, {}) || valueAt(document, field.name) !== undefined
}
