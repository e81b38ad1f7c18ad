import { TextInput } from '@mantine/core'
import { Icon } from './icon.tsx'

interface SearchFieldProps {
  readonly label: string
  /** What stands in it, see `useTypedFilter`. */
  readonly value: string
  readonly onType: (text: string) => void
  readonly width?: number
}

/** The field above a list by which it is searched. */
export function SearchField({ label, value, onType, width }: SearchFieldProps) {
  return (
    <TextInput
      label={label}
      leftSection={<Icon name="search" />}
      value={value}
      onChange={(event) => onType(event.currentTarget.value)}
      {...(width === undefined ? {} : { w: width })}
    />
  )
}
