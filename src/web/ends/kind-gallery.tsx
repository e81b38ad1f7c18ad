import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { KindView } from '../../contract/system.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../words/t.ts'

/** Every kind of source or target, to choose one; found by its name and by the names other products use. */
export function KindGallery({
  kinds,
  choose,
}: {
  readonly kinds: readonly KindView[]
  readonly choose: (kind: KindView) => void
}) {
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const shown = kinds.filter(({ type, title, summary, fields, providers = [] }) =>
    [
      type,
      title,
      summary,
      ...fields.flatMap(({ label, aliases = [] }) => [label, ...aliases]),
      ...providers.map((each) => each.title),
    ].some((each) => each.toLowerCase().includes(wanted)),
  )
  return (
    <div className="stack">
      {kinds.length > 4 && (
        <TextInput
          aria-label={t('end.type')}
          placeholder={t('end.type')}
          leftSection={<Icon name="search" />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maw={320}
        />
      )}
      <div className="cards">
        {shown.map((kind) => (
          <button key={kind.type} type="button" className="card choice" onClick={() => choose(kind)}>
            <strong>{kind.title}</strong>
            <span className="subtle">{kind.summary}</span>
          </button>
        ))}
      </div>
    </div>
  )
}
