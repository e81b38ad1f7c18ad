import type { FenceMark, TargetGroup } from '../../../domain/account.ts'

/**
 * By what one Muster knows that another writes here (D12): an empty group whose name says so. Groups are the one place
 * that every product lets any administrator see, whichever credential asks.
 */

export const markPrefix = 'muster-writes-here-'
const markName = /^muster-writes-here-(.+)-since-(\d{1,15})$/i

export function nameOfMark({ instanceId, since }: FenceMark): string {
  return `${markPrefix}${instanceId}-since-${since}`
}

function markIn(groupName: string): FenceMark | undefined {
  const [, instanceId, since] = markName.exec(groupName) ?? []
  return instanceId === undefined ? undefined : { instanceId, since: Number(since) }
}

/** Those that are marks: a group whose name only begins like one is somebody else's. */
export function marksAmong(groupNames: readonly string[]): readonly string[] {
  return groupNames.filter((name) => markIn(name) !== undefined)
}

/** The newest mark among groups; a claim that was cut short may have left an older one beside it. */
export function newestMark(groupNames: readonly string[]): FenceMark | undefined {
  return groupNames
    .flatMap((name) => markIn(name) ?? [])
    .reduce<FenceMark | undefined>((newest, mark) => (newest && newest.since >= mark.since ? newest : mark), undefined)
}

/** Marks are no groups that anybody may rule over. */
export function withoutMarks(groups: readonly TargetGroup[]): readonly TargetGroup[] {
  return groups.filter(({ name }) => markIn(name) === undefined)
}
