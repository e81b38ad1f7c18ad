import { useState } from 'react'
import type { KindView } from '../../contract/system.ts'
import { type Document, drawnFields, type Field, textOf, valueAt, withTexts } from '../ends/field-value.ts'

/** Settings of the installation itself while somebody edits them. */
export interface SettingDraft {
  readonly fields: readonly Field[]
  text(name: string): string
  setText(name: string, text: string): void
  /** A secret that is there already and stays unless a new one is written or it is taken away. */
  isKept(name: string): boolean
  drop(name: string): void
  /** Of a setting that has a control of its own. */
  value(name: string): unknown
  setValue(name: string, value: unknown): void
  /** What is to be saved. Throws `usage` for text that cannot be the value of its setting. */
  document(): Document
}

/** `own` are the settings that have a control of their own. */
export function useSettingDraft({ fields: all }: KindView, present: Document, own: readonly string[]): SettingDraft {
  const fields = drawnFields(all, present)
  const simple = fields.filter(({ name }) => !own.includes(name))
  const [texts, setTexts] = useState(() =>
    Object.fromEntries(simple.map((field) => [field.name, textOf(field, present)])),
  )
  const [values, setValues] = useState<Document>(() =>
    Object.fromEntries(own.flatMap((name) => (present[name] === undefined ? [] : [[name, present[name]]]))),
  )
  const [dropped, setDropped] = useState<readonly string[]>([])
  return {
    fields,
    text: (name) => texts[name] ?? '',
    setText: (name, text) => setTexts((before) => ({ ...before, [name]: text })),
    isKept: (name) => valueAt(present, name) !== undefined && !dropped.includes(name),
    drop: (name) => setDropped((before) => [...before, name]),
    value: (name) => values[name],
    setValue: (name, value) => setValues((before) => ({ ...before, [name]: value })),
    document() {
      const left = Object.fromEntries(Object.entries(present).filter(([name]) => !dropped.includes(name)))
      return { ...withTexts(left, simple, texts), ...values }
    },
  }
}
