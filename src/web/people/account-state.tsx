import type { PersonThere } from '../../contract/people.ts'
import { Lozenge, type Tone } from '../parts/lozenge.tsx'
import { t } from '../words/t.ts'

const tones: Readonly<Record<NonNullable<PersonThere['state']>['is'], Tone>> = {
  active: 'success',
  suspended: 'warning',
  disabled: 'danger',
}

/** What the linked account was when it was last read. */
export function AccountState({ accountId, state }: Pick<PersonThere, 'accountId' | 'state'>) {
  if (accountId === undefined) return <Lozenge tone="neutral">{t('person.noAccount')}</Lozenge>
  if (state === undefined) return <Lozenge tone="neutral">{t('person.stateUnknown')}</Lozenge>
  return <Lozenge tone={tones[state.is]}>{t(`person.state.${state.is}`)}</Lozenge>
}
