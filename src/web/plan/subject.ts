import type { ChangeView } from '../../contract/plans.ts'
import { t } from '../words/t.ts'

/** Who and what a change is about, as people call them: `ann into developers`. */
export function subjectOf(change: ChangeView): string {
  const { kind, accountLabel, person, account, groupLabel, sourceGroup, group, access, lead } = change
  const who = accountLabel ?? person?.label ?? idOf(account) ?? t('subject.account')
  const what = groupLabel ?? sourceGroup?.label ?? idOf(group) ?? t('subject.group')
  if (access !== undefined)
    return t('subject.access', { who: account === undefined && group !== undefined ? what : who, ...access })
  if (lead !== undefined) return t('subject.lead', { kind: lead.kind, name: lead.name, who, to: lead.to.label })
  if (kind.startsWith('group.')) return what
  if (kind === 'membership.add') return t('subject.into', { who, what })
  if (kind === 'membership.remove') return t('subject.outOf', { who, what })
  return kind.startsWith('membership.') ? t('subject.in', { who, what }) : who
}

/** The source's own name of it, where it is another. */
export function viaOf({ kind, person, accountLabel, sourceGroup, groupLabel }: ChangeView): string {
  const notes: string[] = []
  if (
    person !== undefined &&
    accountLabel !== undefined &&
    person.label !== accountLabel &&
    kind.startsWith('account.')
  )
    notes.push(t('subject.for', { person: person.label }))
  if (sourceGroup !== undefined && sourceGroup.label !== groupLabel)
    notes.push(t('subject.from', { group: sourceGroup.label }))
  return notes.join(', ')
}

function idOf(ref: ChangeView['account']): string | undefined {
  return ref !== undefined && 'id' in ref ? ref.id : undefined
}
