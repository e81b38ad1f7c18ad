import { ActionIcon } from '@mantine/core'
import { Icon } from '../parts/icon.tsx'
import { t } from '../words/t.ts'

/** A list after the entry at `from` went one place up or down. */
function moved<Item>(list: readonly Item[], from: number, by: -1 | 1): readonly Item[] {
  const after = [...list]
  const [item] = after.splice(from, 1)
  return item === undefined ? list : after.toSpliced(from + by, 0, item)
}

export function without<Item>(list: readonly Item[], index: number): readonly Item[] {
  return list.filter((_, at) => at !== index)
}

export function replaced<Item>(list: readonly Item[], index: number, item: Item): readonly Item[] {
  return list.map((each, at) => (at === index ? item : each))
}

/** Up, down and away, for one entry of a list whose order means something; `name` says which one to a screen reader. */
export function RowActions<Item>({
  list,
  index,
  name,
  change,
}: {
  readonly list: readonly Item[]
  readonly index: number
  readonly name: string
  readonly change: (list: readonly Item[]) => void
}) {
  return (
    <span className="row nowrap" style={{ gap: 0, flexWrap: 'nowrap' }}>
      <ActionIcon
        className="quiet"
        aria-label={t('rules.up', { name })}
        disabled={index === 0}
        onClick={() => change(moved(list, index, -1))}
      >
        <Icon name="up" />
      </ActionIcon>
      <ActionIcon
        className="quiet"
        aria-label={t('rules.down', { name })}
        disabled={index === list.length - 1}
        onClick={() => change(moved(list, index, 1))}
      >
        <Icon name="down" />
      </ActionIcon>
      <ActionIcon aria-label={t('rules.remove', { name })} onClick={() => change(without(list, index))}>
        <Icon name="cross" />
      </ActionIcon>
    </span>
  )
}
