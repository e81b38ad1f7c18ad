import type { EndState } from '../../contract/ends.ts'
import { t } from '../words/t.ts'
import { Lozenge, type Tone } from './lozenge.tsx'

const tones: Readonly<Record<EndState['state'], Tone>> = {
  ready: 'success',
  incomplete: 'danger',
  'needs-attention': 'warning',
}

export function EndStateLozenge({ state }: { readonly state: EndState['state'] }) {
  return <Lozenge tone={tones[state]}>{t(`end.state.${state}`)}</Lozenge>
}

/** What is wrong with a source, target or connection, as the server says it. */
export function Problems({ problems }: { readonly problems: EndState['problems'] }) {
  if (problems.length === 0) return null
  return (
    <ul style={{ margin: 0, paddingLeft: 20 }}>
      {problems.map(({ where, message, hint }) => (
        <li key={`${where}${message}`}>
          {message} {hint !== undefined && <span className="subtle">{hint}</span>}
        </li>
      ))}
    </ul>
  )
}
