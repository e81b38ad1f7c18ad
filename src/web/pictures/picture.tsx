import type { ReactNode } from 'react'
import '../look/pictures.css'
import { t } from '../words/t.ts'

export interface PictureProps {
  readonly title: string
  /** What the picture shows, for whoever cannot or would rather not look at it; begins as one sentence. */
  readonly sentence: string
  /** Beside the title: what is shown, over which time. */
  readonly choice?: ReactNode
  readonly children: ReactNode
  /** The same as a table: everything the picture tells, with links. */
  readonly table: ReactNode
}

/** A picture and its text twin. The drawing itself is for the eye alone: readers and keyboards use the table. */
export function Picture({ title, sentence, choice, children, table }: PictureProps) {
  return (
    <section className="stack-tight" aria-label={title}>
      <div className="spread">
        <h2 style={{ margin: 0 }}>{title}</h2>
        {choice}
      </div>
      <div className="subtle">{sentence}</div>
      <div aria-hidden="true">{children}</div>
      <details className="panel">
        <summary>{t('picture.table')}</summary>
        <div className="table-wrap picture-table">{table}</div>
      </details>
    </section>
  )
}
