import type { ChangeView } from '../../contract/plans.ts'
import { kindName } from '../plan/kind-name.ts'
import { subjectOf } from '../plan/subject.ts'
import { t } from '../words/t.ts'
import { sortOf } from './change-bar.tsx'

/** Changes that a run would make now, in few words. */
export function OutlookChanges({ changes }: { readonly changes: readonly ChangeView[] }) {
  if (changes.length === 0) return <div className="subtle">{t('end.findNothing')}</div>
  return (
    <ul className="list stack-tight">
      {changes.map((change) => (
        <li key={change.seq}>
          <span className={`tone-${sortOf(change.kind)}`}>{kindName(change.kind)}:</span> {subjectOf(change)}
          <span className="subtle small" style={{ display: 'block' }}>
            {change.sentence}
          </span>
        </li>
      ))}
    </ul>
  )
}
