import type { ChangeView } from '../../contract/plans.ts'

/** Who and what a change is about, as people call them: `ann into developers`. */
export function subjectOf(change: ChangeView): string {
  const { kind, accountLabel, person, account, groupLabel, sourceGroup, group, access, lead } = change
  const who = accountLabel ?? person?.label ?? idOf(account) ?? 'account'
  const what = groupLabel ?? sourceGroup?.label ?? idOf(group) ?? 'group'
  if (access !== undefined)
    return `${account === undefined && group !== undefined ? what : who}: ${access.product} (${access.role})`
  if (lead !== undefined) return `${lead.kind} ${lead.name}: ${who} → ${lead.to.label}`
  if (kind.startsWith('group.')) return what
  if (kind === 'membership.add') return `${who} into ${what}`
  if (kind === 'membership.remove') return `${who} out of ${what}`
  return kind.startsWith('membership.') ? `${who} in ${what}` : who
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
    notes.push(`for ${person.label}`)
  if (sourceGroup !== undefined && sourceGroup.label !== groupLabel) notes.push(`from ${sourceGroup.label}`)
  return notes.join(', ')
}

function idOf(ref: ChangeView['account']): string | undefined {
  return ref !== undefined && 'id' in ref ? ref.id : undefined
}
