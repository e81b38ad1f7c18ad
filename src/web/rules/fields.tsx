import { Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { isSame, linesIn, type Path, patternLines, patternsIn, valueAt } from './document.ts'
import { useRules } from './rules.tsx'

interface FieldProps {
  readonly path: Path
  readonly label: string
  readonly description?: string
}

/** Fields that read and write one setting of a connection, each with what the server has against it. */
function useField({ path, label, description }: FieldProps, deep = false) {
  const rules = useRules()
  const problem = rules.problemAt(path, deep)
  return {
    value: rules.read(path),
    written: valueAt(rules.document, path),
    change: (value: unknown) => rules.set(path, value),
    shared: {
      label,
      ...(description === undefined ? {} : { description }),
      ...(problem === undefined ? {} : { error: problem }),
    },
  }
}

export function SwitchAt(props: FieldProps) {
  const { value, change, shared } = useField(props)
  return <Switch {...shared} checked={value === true} onChange={(event) => change(event.currentTarget.checked)} />
}

export function TextAt({ width, placeholder, ...props }: FieldProps & { width?: number; placeholder?: string }) {
  const { value, change, shared } = useField(props)
  // A setting with a longer form is shown as it is written and changed on the page with the whole document.
  const isLonger = typeof value === 'object'
  return (
    <TextInput
      {...shared}
      disabled={isLonger}
      {...(width === undefined ? {} : { w: width })}
      {...(placeholder === undefined ? {} : { placeholder })}
      value={isLonger ? JSON.stringify(value) : String(value ?? '')}
      onChange={(event) => change(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  )
}

/** A number, or nothing for the standard one, which stands there in grey. What is no number is kept for the server to refuse. */
export function NumberAt({ label, path }: FieldProps) {
  const { value, written, change, shared } = useField({ label, path })
  const { label: _, ...bare } = shared
  return (
    <TextInput
      {...bare}
      aria-label={label}
      w={96}
      inputMode="numeric"
      placeholder={written === undefined ? String(value ?? '') : ''}
      value={String(written ?? '')}
      onChange={(event) => change(numberIn(event.currentTarget.value))}
    />
  )
}

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const

/** A time such as `12h` as it was written, or nothing for the standard one, which stands there in grey. */
export function DurationAt(props: FieldProps) {
  const { value, written, change, shared } = useField(props)
  return (
    <TextInput
      {...shared}
      maw={360}
      placeholder={typeof value === 'number' ? durationText(value) : ''}
      value={String(written ?? '')}
      onChange={(event) => change(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  )
}

/** `14d`: in the largest unit that fits without a rest. */
function durationText(ms: number): string {
  const [unit, size] = Object.entries(units).find(([, each]) => ms % each === 0) ?? ['s', units.s]
  return `${ms / size}${unit}`
}

function numberIn(text: string): unknown {
  if (text.trim() === '') return undefined
  return Number.isNaN(Number(text)) ? text : Number(text)
}

export function ChoiceAt({
  options,
  ...props
}: FieldProps & { readonly options: readonly { readonly value: string; readonly label: string }[] }) {
  const { value, change, shared } = useField(props)
  return (
    <Select {...shared} data={options} value={String(value ?? '')} onChange={(chosen) => change(chosen ?? undefined)} />
  )
}

/** A list of names, one per line; with `patterns`, a line between slashes is a regular expression. */
export function LinesAt({ patterns = false, rows = 3, ...props }: FieldProps & { patterns?: boolean; rows?: number }) {
  const { value, change, shared } = useField(props, true)
  return (
    <LinesInput {...shared} patterns={patterns} rows={rows} value={Array.isArray(value) ? value : []} change={change} />
  )
}

export interface LinesInputProps {
  readonly label: string
  readonly description?: string
  readonly error?: string
  readonly patterns?: boolean
  readonly rows?: number
  readonly value: readonly unknown[]
  readonly change: (value: readonly unknown[] | undefined) => void
}

/** Blank lines are kept while somebody types and are in no list. */
export function LinesInput({ patterns = false, value, change, ...rest }: LinesInputProps) {
  const written = patterns ? patternLines(value) : value.map(String).join('\n')
  const parse = patterns ? patternsIn : linesIn
  const [typed, setTyped] = useState(written)
  return (
    <Textarea
      {...rest}
      value={isSame(parse(typed), parse(written)) ? typed : written}
      onChange={(event) => {
        const text = event.currentTarget.value
        setTyped(text)
        const list = parse(text)
        change(list.length === 0 ? undefined : list)
      }}
    />
  )
}
