import { Button, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { holdReasons, reasons } from '../../domain/reason.ts'
import { Icon } from '../parts/icon.tsx'
import { shownNumber } from '../words/numbers.ts'
import { t, type Word } from '../words/t.ts'
import { type Dimension, type Facet, type PlanFilter, valuesOf } from './filter.ts'
import { kindName } from './kind-name.ts'

const dimensions: readonly Dimension[] = ['kind', 'state', 'outcome', 'reason', 'hold']
const typingMs = 200

export interface FacetListProps {
  readonly facets: readonly Facet[]
  readonly filter: PlanFilter
  readonly choose: (part: Partial<Record<Dimension | 'text', string | undefined>>) => void
}

/** Search and filters beside the list, each value with the number of changes it would show. */
export function FacetList({ facets, filter, choose }: FacetListProps) {
  const [typed, setTyped] = useState(filter.text ?? '')
  useEffect(() => {
    if (typed === (filter.text ?? '')) return
    const timer = setTimeout(() => choose({ text: typed }), typingMs)
    return () => clearTimeout(timer)
  }, [typed, filter.text, choose])
  const clear = () => {
    setTyped('')
    choose({
      kind: undefined,
      state: undefined,
      outcome: undefined,
      reason: undefined,
      hold: undefined,
      text: undefined,
    })
  }
  return (
    <div className="facets stack">
      <TextInput
        aria-label={t('plan.search')}
        placeholder={t('plan.search')}
        leftSection={<Icon name="search" />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {Object.keys(filter).length > 0 && (
        <Button size="compact-sm" variant="default" onClick={clear}>
          {t('plan.clear')}
        </Button>
      )}
      {dimensions.map((dimension) => {
        const values = valuesOf(facets, filter, dimension)
        const chosen = filter[dimension]
        if (values.length < 2 && chosen === undefined) return null
        return (
          <fieldset key={dimension}>
            <legend>{t(`plan.facet.${dimension}`)}</legend>
            {values.map(([value, count]) => (
              <button
                key={value}
                type="button"
                aria-pressed={chosen === value}
                onClick={() => choose({ [dimension]: chosen === value ? undefined : value })}
              >
                <span className="grow">{nameOf(dimension, value)}</span>
                <span className="num subtle">{shownNumber(count)}</span>
              </button>
            ))}
          </fieldset>
        )
      })}
    </div>
  )
}

function nameOf(dimension: Dimension, value: string): string {
  switch (dimension) {
    case 'kind':
      return kindName(value as NonNullable<PlanFilter['kind']>)
    case 'reason':
      return reasons[value as keyof typeof reasons]
    case 'hold':
      return holdReasons[value as keyof typeof holdReasons]
    case 'state':
      return t(`plan.state.${value}` as Word)
    case 'outcome':
      return t(`outcome.${value}` as Word)
  }
}
