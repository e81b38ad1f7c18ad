import { firstValue } from '../../../domain/identity.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import { counted } from '../../kit/counted.ts'
import { failedStep, okStep } from '../../kit/findings.ts'
import { discoverySteps, readSteps, settingsSteps } from '../../kit/scim/check-steps.ts'
import type { Reading } from './reading.ts'

/** So many groups are asked for their members. */
const groupsAsked = 20

/** Signs in and reads everything once. Changes nothing; findings are lines, never thrown. */
export async function* doctor(reading: Reading, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const { server, config } = reading
  yield* settingsSteps(config, server.clock.now())
  const isReadable = yield* readSteps(server, signal, config.groups ? ['Users', 'Groups'] : ['Users'])
  if (!isReadable) return
  yield* discoverySteps(server, signal)
  yield* people(reading, signal)
  if (config.groups) yield* groups(reading, signal)
}

async function* people(reading: Reading, signal: AbortSignal): AsyncGenerator<CheckStep> {
  let all = 0
  let inactive = 0
  let withEmail = 0
  try {
    for await (const { items } of reading.users(signal)) {
      all += items.length
      inactive += items.filter(({ active }) => !active).length
      withEmail += items.filter(({ attributes }) => firstValue(attributes.email) !== undefined).length
    }
  } catch (thrown) {
    yield failedStep('people', thrown)
    return
  }
  const message = `${counted(all, 'person', 'people')}, ${inactive} inactive, ${withEmail} with an address.`
  if (all > 0 && withEmail > 0) yield okStep('people', message)
  else {
    yield {
      name: 'people',
      status: 'warning',
      message,
      remedy:
        all === 0
          ? 'Check the filter for people, and whether the credential may see them.'
          : 'Name emails among the attributes to ask for, or map the address from another attribute.',
    }
  }
}

async function* groups(reading: Reading, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const ids: string[] = []
  try {
    for await (const { items } of reading.groups(signal)) ids.push(...items.map(({ key }) => key))
    let members = 0
    for (const id of ids.slice(0, groupsAsked)) {
      for await (const { items } of reading.members(id, signal)) members += items.length
    }
    const asked = Math.min(ids.length, groupsAsked)
    const message = `${counted(ids.length, 'group')}; ${asked === 0 ? 'nobody to ask for members' : `the first ${asked} have ${counted(members, 'member')}`}.`
    if (asked === 0 || members > 0) yield okStep('groups', message)
    else {
      yield {
        name: 'groups',
        status: 'warning',
        message,
        remedy: 'Check whether the credential may see members; Oracle gives them only with preset: oracle.',
      }
    }
  } catch (thrown) {
    yield failedStep('groups', thrown)
  }
}
