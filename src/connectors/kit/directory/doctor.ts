import { firstValue, type SourceGroup } from '../../../domain/identity.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import { counted } from '../counted.ts'
import { expirySteps, failedStep, okStep, plainSteps } from '../findings.ts'
import type { DirectoryFacts, DirectoryReading } from './reading.ts'

/** So many groups are asked for their members. */
const groupsAsked = 20

/** Signs in and reads everything once. Changes nothing; findings are lines, never thrown. */
export async function* examine(
  reading: DirectoryReading,
  facts: DirectoryFacts,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  yield* plainSteps(facts.base)
  yield* expirySteps(facts.expires, facts.now())
  try {
    yield okStep('sign-in', await reading.signIn(signal))
  } catch (thrown) {
    yield failedStep('sign-in', thrown)
    return
  }
  const isReadable = yield* people(reading, facts, signal)
  if (isReadable && facts.readsGroups) yield* groups(reading, facts, signal)
  if (isReadable && reading.findings !== undefined) yield* reading.findings(signal)
}

async function* people(
  reading: DirectoryReading,
  { addresses, remedies }: DirectoryFacts,
  signal: AbortSignal,
): AsyncGenerator<CheckStep, boolean> {
  const name = 'people'
  let all = 0
  let inactive = 0
  let withAddress = 0
  try {
    for await (const { items } of reading.people(signal)) {
      all += items.length
      inactive += items.filter(({ active }) => !active).length
      withAddress += items.filter(({ attributes }) =>
        addresses.some((each) => firstValue(attributes[each]) !== undefined),
      ).length
    }
  } catch (thrown) {
    yield failedStep(name, thrown)
    return false
  }
  const message = `${counted(all, 'person', 'people')}, ${inactive} inactive, ${withAddress} with an address.`
  if (withAddress > 0) yield okStep(name, message)
  else yield { name, status: 'warning', message, remedy: all === 0 ? remedies.nobody : remedies.noAddress }
  return true
}

async function* groups(
  reading: DirectoryReading,
  { remedies, membershipsComeWith = 'calls' }: DirectoryFacts,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const name = 'groups'
  try {
    const found: SourceGroup[] = []
    for await (const { items } of reading.groups(signal)) found.push(...items)
    const sentence = `${counted(found.length, 'group')} can be read`
    if (found.length === 0 || membershipsComeWith !== 'calls') {
      yield okStep(name, `${sentence}.`)
      return
    }
    let members = 0
    const asked = found.slice(0, groupsAsked)
    for (const group of asked) {
      for await (const { items } of reading.members(group, signal)) members += items.length
    }
    const message = `${sentence}; the first ${asked.length} have ${counted(members, 'member')}.`
    if (members > 0) yield okStep(name, message)
    else yield { name, status: 'warning', message, remedy: remedies.noMembers }
  } catch (thrown) {
    yield failedStep(name, thrown)
  }
}
