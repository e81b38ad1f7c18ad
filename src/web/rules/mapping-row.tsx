import { Button, Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Lozenge } from '../parts/lozenge.tsx'
import { t } from '../words/t.ts'
import { type DraftRule, kindOf, ruleIn, stepKinds, traceOf, writtenRule } from './chain.ts'
import { ChainEditor } from './chain-editor.tsx'
import { isDocument, type Path, valueAt } from './document.ts'
import { MappedValue } from './mapped-value.tsx'
import { useRules } from './rules.tsx'
import type { Trial } from './trial.tsx'

export interface MappingRowProps {
  readonly path: Path
  readonly title: string
  readonly required: boolean
  /** Where people will see the value. */
  readonly note: string
  /** What the source maps where the connection says nothing. */
  readonly standard: DraftRule | undefined
  readonly trial: Trial | undefined
  /** A custom attribute has a name of its own and no standard. */
  readonly isCustom?: boolean
}

/** One attribute of the target: its rule in short, what it makes of the tried person, and the rule as a form. */
export function MappingRow({ path, title, required, note, standard, trial, isCustom = false }: MappingRowProps) {
  const rules = useRules()
  const written = valueAt(rules.document, path)
  const own = ruleIn(written)
  const rule = own ?? standard
  const [isOpen, setIsOpen] = useState(false)
  const problem = rules.problemAt(path, true)
  const more = isCustom && isDocument(written) && 'name' in written ? { name: written.name } : {}
  const change = (part: Partial<DraftRule>) =>
    rules.set(path, writtenRule({ ...(rule ?? { steps: [] }), ...part }, more))
  const absentMeansEmpty = rules.judgement?.source?.absentMeansEmpty === true
  const trace =
    trial === undefined || rule === undefined ? undefined : traceOf(rule, trial.person.attributes, absentMeansEmpty)
  return (
    <li className="mapping">
      <div className="spread">
        <div className="grow">
          <div className="row">
            <strong>{title}</strong>
            {required && <Lozenge tone="info">{t('rules.required')}</Lozenge>}
            {own !== undefined && !isCustom && <Lozenge tone="discovery">{t('rules.own')}</Lozenge>}
            {rule === undefined && <span className="subtle">{t('rules.notMapped')}</span>}
            {rule !== undefined && <span className="code break">{inShort(rule)}</span>}
          </div>
          <div className="subtle small">{note}</div>
          {problem !== undefined && <div className="tone-remove small">{problem}</div>}
        </div>
        {trace !== undefined && (
          <Outcome
            value={trace.at(-1)}
            isComplete={trace.length === rule!.steps.length + 1}
            actual={trial?.actual[title]}
          />
        )}
        <Button
          variant="default"
          size="xs"
          aria-expanded={isOpen}
          aria-label={`${t(isOpen ? 'action.close' : 'rules.change')}: ${title}`}
          onClick={() => setIsOpen(!isOpen)}
        >
          {t(isOpen ? 'action.close' : 'rules.change')}
        </Button>
      </div>
      {isOpen && (
        <div className="stack-tight mapping-form">
          {isCustom && (
            <TextInput
              label={t('rules.customName')}
              w={320}
              value={String(valueAt(written, ['name']) ?? '')}
              onChange={(event) => {
                const name = event.currentTarget.value
                rules.set(path, writtenRule(rule ?? { steps: [] }, name === '' ? {} : { name }))
              }}
            />
          )}
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <TextInput
              label={t('rules.from')}
              list="source-attributes"
              w={320}
              value={rule?.from ?? ''}
              onChange={(event) => change({ from: event.currentTarget.value })}
            />
            {trace !== undefined && trace.length > 0 && <MappedValue value={trace[0]} />}
          </div>
          <ChainEditor
            steps={rule?.steps ?? []}
            change={(steps) => change({ steps })}
            path={[...path, 'steps']}
            kinds={stepKinds}
            {...(trace === undefined ? {} : { trace })}
          />
          {!isCustom && (
            <Checkbox
              label={t('rules.onlyIfEmpty')}
              checked={rule?.onlyIfEmpty === true}
              onChange={(event) => change({ onlyIfEmpty: event.currentTarget.checked })}
            />
          )}
          {own !== undefined && (
            <div>
              <Button variant="subtle" size="xs" onClick={() => rules.set(path, undefined)}>
                {t(isCustom ? 'rules.removeCustom' : 'rules.useStandard')}
              </Button>
            </div>
          )}
        </div>
      )}
    </li>
  )
}

/** The value a run would want, and what the target has now where that is another one. */
function Outcome({
  value,
  isComplete,
  actual,
}: {
  readonly value: string | null | undefined
  readonly isComplete: boolean
  readonly actual: string | null | undefined
}) {
  if (!isComplete) return <span className="tone-remove small">{t('rules.incomplete')}</span>
  const isOther = actual !== undefined && value !== undefined && actual !== value
  return (
    <div className="right">
      <MappedValue value={value} />
      {isOther && (
        <div className="small subtle">
          {t('rules.nowIs')} <del className="code break">{actual ?? t('plan.value.none')}</del>
        </div>
      )}
      {actual !== undefined && actual === value && <div className="small tone-create">{t('rules.isSame')}</div>}
      {value === undefined && <div className="small subtle">{t('rules.unknownMeans')}</div>}
    </div>
  )
}

/** More words than these are told apart by nobody. */
const mostWords = 4

/** `mail → trim blanks → small letters`, `mail → else email → …` */
function inShort({ from, steps }: DraftRule): string {
  const words = [...(from === undefined ? [] : [from]), ...steps.map(stepInShort)]
  return [...words.slice(0, mostWords), ...(words.length > mostWords ? ['…'] : [])].join(' → ')
}

function stepInShort(step: unknown): string {
  const kind = kindOf(step)
  if (kind === undefined) return '?'
  return kind === 'fallback' ? t('rules.else', { name: String(valueAt(step, [kind])) }) : t(`rules.step.${kind}`)
}
