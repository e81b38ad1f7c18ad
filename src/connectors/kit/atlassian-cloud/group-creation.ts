import { fail } from '../../../domain/errors.ts'
import { firstValue, foldKey } from '../../../domain/identity.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import { applied, holds, required } from '../verdicts.ts'
import { settled } from '../waiting.ts'
import type { CloudLooks } from './reads.ts'
import { asObjectError, directoryApi, explained403, isSuccess, type Write } from './writing.ts'

export const createGroup: Write = async (order, { signal }, writing) => {
  const name = required(firstValue(order.after?.name), 'group name', order)
  const description = firstValue(order.after?.description)
  const { session, reads, clock, memory } = writing
  const { org, site } = session
  const act = `Creating the group ${name}`
  const answer = org ? await org.createGroup(name, description, signal) : await site?.createGroup(name, signal)
  if (answer === undefined) throw fail.bug('No way to create a group.')
  if (isSuccess(answer)) {
    // The organization answers without a body: the id is found by name, as soon as the group can be seen.
    const id = idInBody(answer) ?? (await settled(clock, signal, () => groupId(reads, name, signal)))
    if (id === undefined) {
      throw fail.unreachable(`The group ${name} was created but cannot be seen yet.`, {
        mayHaveApplied: true,
        hint: 'Atlassian shows new groups with a delay. The next run finds it.',
      })
    }
    memory.created(id)
    return applied(order, id)
  }
  if (answer.status === 403) throw await explained403(answer, act, writing, signal)
  const existing = (await groupId(reads, name, signal)) ?? (await reads.searchedGroup(name, signal))
  if (existing !== undefined) return holds(order, answer, existing)
  throw asObjectError(directoryApi(session).refusal(answer, act))
}

async function groupId(reads: CloudLooks, name: string, signal: AbortSignal): Promise<string | undefined> {
  return (await reads.groupsByName([name], signal)).get(foldKey(name))?.id
}

/** Jira tells the id of a created group, the organization does not promise to. */
function idInBody({ json }: HttpAnswer): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const { groupId: siteId, id } = json as { groupId?: unknown; id?: unknown }
  const told = siteId ?? id
  return typeof told === 'string' && told !== '' ? told : undefined
}
