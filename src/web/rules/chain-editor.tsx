import { Select, Textarea, TextInput } from '@mantine/core'
import type { Mapped } from '../../domain/mapping.ts'
import { t } from '../words/t.ts'
import { kindOf, newStep, type StepKind } from './chain.ts'
import { type Path, valueAt, withValue } from './document.ts'
import { LinesInput } from './fields.tsx'
import { MappedValue } from './mapped-value.tsx'
import { RowActions, replaced } from './row-actions.tsx'
import { useRules } from './rules.tsx'

export interface ChainEditorProps {
  readonly steps: readonly unknown[]
  readonly change: (steps: readonly unknown[]) => void
  /** Where the steps stand, for what the server has against one. */
  readonly path: Path
  readonly kinds: readonly StepKind[]
  /** The value before the chain and after each step, of the person or name that is tried. */
  readonly trace?: readonly Mapped[]
}

/** A chain of steps in order, each with its fields and with what it makes of the value that is tried. */
export function ChainEditor({ steps, change, path, kinds, trace }: ChainEditorProps) {
  const { problemAt } = useRules()
  return (
    <div className="stack-tight">
      <ol className="list stack-tight" aria-label={t('rules.chain')}>
        {steps.map((step, index) => {
          const kind = kindOf(step)
          const name = t('rules.stepNumber', { number: index + 1 })
          const problem = problemAt([...path, index], true)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no name of their own and are only edited in place
            <li key={index} className="step">
              <div className="row">
                <strong className="small">{kind === undefined ? name : t(`rules.step.${kind}`)}</strong>
                {kind !== undefined && (
                  <StepFields kind={kind} step={step} change={(after) => change(replaced(steps, index, after))} />
                )}
                <RowActions list={steps} index={index} name={name} change={change} />
                {trace !== undefined && index + 1 < trace.length && (
                  <span className="row small">
                    → <MappedValue value={trace[index + 1]} />
                  </span>
                )}
              </div>
              {problem !== undefined && <div className="tone-remove small">{problem}</div>}
            </li>
          )
        })}
      </ol>
      <Select
        aria-label={t('rules.addStep')}
        placeholder={t('rules.addStep')}
        maw={280}
        value={null}
        data={kinds.map((kind) => ({ value: kind, label: t(`rules.step.${kind}`) }))}
        onChange={(chosen) => {
          const kind = kinds.find((each) => each === chosen)
          if (kind !== undefined) change([...steps, newStep(kind)])
        }}
      />
    </div>
  )
}

interface StepFieldsProps {
  readonly kind: StepKind
  readonly step: unknown
  readonly change: (step: unknown) => void
}

function StepFields({ kind, step, change }: StepFieldsProps) {
  const put = (path: Path, value: unknown) => change(withValue(step as Record<string, unknown>, path, value))
  const text = (path: Path, label: string, width = 160) => (
    <TextInput
      size="xs"
      w={width}
      aria-label={label}
      placeholder={label}
      value={String(valueAt(step, path) ?? '')}
      onChange={(event) => put(path, event.currentTarget.value)}
    />
  )
  switch (kind) {
    case 'trim':
    case 'lower':
    case 'upper':
      return null
    case 'regex':
      return (
        <>
          {text(['regex', 'pattern'], t('rules.find'))}
          {text(['regex', 'replace'], t('rules.replaceWith'))}
        </>
      )
    case 'join':
      return (
        <>
          <LinesInput
            label={t('rules.joinWith')}
            rows={2}
            value={listAt(step, ['join', 'with'])}
            change={(names = []) => change({ join: { ...joinOf(step), with: names } })}
          />
          {text(['join', 'separator'], t('rules.separator'), 90)}
        </>
      )
    case 'lookup':
      return <LookupFields step={step} change={change} />
    default:
      return text([kind], t(`rules.stepField.${kind}`))
  }
}

function LookupFields({ step, change }: Omit<StepFieldsProps, 'kind'>) {
  const table = valueAt(step, ['lookup', 'table']) as Readonly<Record<string, string>> | undefined
  const otherwise = valueAt(step, ['lookup', 'otherwise'])
  const put = (rows: Readonly<Record<string, string>>, rest: unknown) =>
    change({ lookup: { table: rows, ...(typeof rest === 'string' && rest !== '' ? { otherwise: rest } : {}) } })
  return (
    <>
      <Textarea
        key={step === undefined ? 'none' : 'table'}
        size="xs"
        rows={3}
        aria-label={t('rules.table')}
        placeholder={t('rules.table')}
        defaultValue={Object.entries(table ?? {})
          .map(([from, to]) => `${from} = ${to}`)
          .join('\n')}
        onChange={(event) => put(rowsIn(event.currentTarget.value), otherwise)}
      />
      <TextInput
        size="xs"
        w={160}
        aria-label={t('rules.otherwise')}
        placeholder={t('rules.otherwise')}
        value={String(otherwise ?? '')}
        onChange={(event) => put(table ?? {}, event.currentTarget.value)}
      />
    </>
  )
}

/** `from = to` on each line; a line without the sign says nothing yet. */
function rowsIn(text: string): Record<string, string> {
  const rows = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=')
    return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const]
  })
  return Object.fromEntries(rows)
}

function listAt(step: unknown, path: Path): readonly unknown[] {
  const value = valueAt(step, path)
  return Array.isArray(value) ? value : []
}

function joinOf(step: unknown): object {
  const join = valueAt(step, ['join'])
  return typeof join === 'object' && join !== null ? join : {}
}
