import type { Mapped } from '../../domain/mapping.ts'
import { Lozenge } from '../parts/lozenge.tsx'
import { t } from '../words/t.ts'

/** A mapped value in its three states: set, empty at the source, unknown. */
export function MappedValue({ value }: { readonly value: Mapped }) {
  if (value === undefined) return <Lozenge tone="neutral">{t('rules.unknown')}</Lozenge>
  if (value === null) return <Lozenge tone="warning">{t('rules.empty')}</Lozenge>
  return <span className="code break">{value}</span>
}
