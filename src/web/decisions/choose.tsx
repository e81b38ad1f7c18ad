import { Checkbox } from '@mantine/core'
import { t } from '../words/t.ts'
import type { useChosen } from './chosen.ts'

type Choice = ReturnType<typeof useChosen>

/** The head of a column of choices: all of them, or none. */
export function ChooseAll({ choice: { chosen, choosable, all } }: { readonly choice: Choice }) {
  return (
    <th>
      <Checkbox
        aria-label={t('decide.all')}
        checked={chosen.length > 0 && chosen.length === choosable.length}
        indeterminate={chosen.length > 0 && chosen.length < choosable.length}
        disabled={choosable.length === 0}
        onChange={all}
      />
    </th>
  )
}

/** One choice of the column; empty where nothing can be decided. */
export function ChooseOne({ choice, id }: { readonly choice: Choice; readonly id: string }) {
  const thing = choice.find(id)
  return (
    <td>
      {thing !== undefined && (
        <Checkbox
          aria-label={t('decide.one', { what: thing.label })}
          checked={choice.has(id)}
          onChange={() => choice.toggle(id)}
        />
      )}
    </td>
  )
}
