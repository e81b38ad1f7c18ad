import type { CustomAttributePlace } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { applied, required } from '../verdicts.ts'
import { propertyKey } from './custom-record.ts'
import { isAboutScopes, quoted, vendorWords } from './vendor-errors.ts'
import { asObjectError, causeOf, isSuccess, onlyThis, type Write } from './writing.ts'

/** All custom attributes of an account stand in one user property of this installation (D12). */

/** Most bytes of a property, of Jira and of Confluence. */
const mostBytes = 32_768

/** The rest of a property is for the frame: whose record it is. */
export function customPlaceIn(product: string): CustomAttributePlace {
  const seen = `User property, shown by the ${product} REST API and to apps; people do not see it in ${product}.`
  return { seen, hidden: true, bytesAtMost: 30_000 }
}

/** Writes the whole record; one without a value is removed. */
export const updateCustom: Write = async (order, { signal, source }, writing) => {
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
  if (bytes > mostBytes) {
    throw fail.rejected(
      `The custom attributes take ${bytes} bytes; ${properties.product} keeps at most 32,768 for one account.`,
      {
        hint: 'Map fewer or shorter values.',
      },
    )
  }
  const answer = isEmpty ? await properties.delete(id, key, signal) : await properties.put(id, key, record, signal)
  if (isSuccess(answer) || (isEmpty && answer.status === 404)) return applied(order)
  const act = 'Writing the custom attributes'
  if (answer.status === 403) {
    const refusal = properties.api.refusal(answer, act)
    const isScope = isAboutScopes(vendorWords(answer))
    throw !isScope && (await properties.mayWrite(id, signal)) ? onlyThis(refusal) : refusal
  }
  if (answer.status === 404)
    throw fail.gone(`${properties.product} knows no account ${id}: ${quoted(vendorWords(answer))}.`, {
      cause: causeOf(answer),
    })
  throw asObjectError(properties.api.refusal(answer, act))
}
