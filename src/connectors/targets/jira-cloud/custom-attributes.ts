import type { CustomAttributePlace } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { quoted, vendorWords } from '../../kit/atlassian-cloud/vendor-errors.ts'
import { asObjectError, causeOf, explainedBySite, isSuccess, type Write } from '../../kit/atlassian-cloud/writing.ts'
import { applied, required } from '../../kit/verdicts.ts'
import { propertyKey } from './custom-record.ts'
import type { Session } from './session.ts'

/** All custom attributes of an account stand in one user property of this installation (D12). */

/** Jira takes 32,768 bytes; the rest is for the frame: whose record it is. */
export const customPlace: CustomAttributePlace = {
  seen: 'User property, shown by the Jira REST API and to apps; people do not see it in Jira.',
  hidden: true,
  bytesAtMost: 30_000,
}

/** Writes the whole record; one without a value is removed. */
export const updateCustom: Write<Session> = async (order, { signal, source }, writing) => {
  const id = required(order.accountId, 'account', order)
  const { properties } = writing.session
  if (properties === undefined) throw fail.bug('Custom attributes were offered without an API token.')
  const key = propertyKey(writing.instanceId)
  const attributes = Object.fromEntries(
    Object.entries(order.after ?? {}).filter(([, value]) => value !== null && value.length > 0),
  )
  const isEmpty = Object.keys(attributes).length === 0
  const record = { source, key: order.sourceKey, attributes }
  const bytes = Buffer.byteLength(JSON.stringify(record))
  if (bytes > 32_768) {
    throw fail.rejected(`The custom attributes take ${bytes} bytes; Jira keeps at most 32,768 for one account.`, {
      hint: 'Map fewer or shorter values.',
    })
  }
  const answer = isEmpty ? await properties.delete(id, key, signal) : await properties.put(id, key, record, signal)
  if (isSuccess(answer) || (isEmpty && answer.status === 404)) return applied(order)
  const act = 'Writing the custom attributes'
  if (answer.status === 403) throw await explainedBySite(answer, act, writing.session.site, signal)
  if (answer.status === 404)
    throw fail.gone(`Jira knows no account ${id}: ${quoted(vendorWords(answer))}.`, { cause: causeOf(answer) })
  throw asObjectError(properties.api.refusal(answer, act))
}
