import { limitFor } from '../../../domain/policy.ts'
import { sizeOf } from '../part.ts'
import { byGroup, type EffectsInput, inLastDay, type Judgement, lastDay } from './judgement.ts'

/** What happens to single groups: many removals in one, the last member of one, taking one over. */
export function judgeGroups(input: EffectsInput, scales: Judgement): void {
  const { of, count, goes, hold, guards } = scales
  const rules = input.connection.guards
  const removalsByGroup = byGroup(of('membership.remove'))
  const addsByGroup = byGroup(of('membership.add'))
  const groupById = new Map(input.target.groups.map((group) => [group.id, group]))
  for (const [groupId, list] of removalsByGroup) {
    const group = groupById.get(groupId)!
    const before = lastDay(input, `membership.remove:${groupId}`)
    count('guard:group-removals', {
      limit: rules.groupRemovals,
      base: sizeOf(input, group) + before,
      list,
      before,
      what: 'removals',
      about: group.name,
    })
  }

  // Somebody who joins keeps a group from being empty only if nothing holds them back.
  const isFilled = (groupId: string) => addsByGroup.get(groupId)?.some(goes) === true
  const emptied = [...removalsByGroup].filter(
    ([groupId, list]) => list.length >= sizeOf(input, groupById.get(groupId)!) && !isFilled(groupId),
  )
  const emptiedBefore = input.target.groups.filter(
    (group) => sizeOf(input, group) === 0 && lastDay(input, `membership.remove:${group.id}`) > 0 && !isFilled(group.id),
  ).length
  if (emptied.length > 0) {
    const measured = emptied.length + emptiedBefore
    const limit = limitFor(rules.groupsEmptied, input.target.groups.length)
    const tripped = measured > limit
    if (tripped) for (const [, list] of emptied) hold('guard:groups-emptied', list)
    guards.push({
      guard: 'guard:groups-emptied',
      measured,
      limit,
      tripped,
      holds: tripped ? 'kind' : 'nothing',
      sentence: `${measured} groups would be left without a member${inLastDay(emptiedBefore)}; ${limit} pass without a person.`,
    })
  }

  const links = of('account.adopt').filter((change) => change.stateReasons.includes('guard:linked-by-decision'))
  if (links.length > 0) {
    guards.push({
      guard: 'guard:linked-by-decision',
      measured: links.length,
      limit: 0,
      tripped: true,
      holds: 'kind',
      sentence: `${links.length} ${links.length === 1 ? 'person is' : 'people are'} to have another account, because somebody decided so; the plan after the release does what follows.`,
    })
  }

  const adoptions = of('group.adopt').filter((change) => change.stateReasons.includes('guard:group-adoption'))
  if (adoptions.length > 0) {
    guards.push({
      guard: 'guard:group-adoption',
      measured: adoptions.length,
      limit: 0,
      tripped: true,
      holds: 'kind',
      sentence: `${adoptions.length} groups with members, access or administration exist already under a name of the source; releasing lets Muster manage memberships in them.`,
    })
  }
}
