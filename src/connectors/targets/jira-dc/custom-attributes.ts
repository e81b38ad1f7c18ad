import type { CustomAttributePlace } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { required } from '../../kit/verdicts.ts'
import { propertyKey } from './custom-record.ts'
import type { Write } from './writing.ts'

/** All custom attributes of an account stand in one user property of this installation (D12). */

/** Jira takes 32,768 bytes; the rest is for the frame: whose record it is. */
export const customPlace: CustomAttributePlace = {
  seen: 'User property, shown by the Jira REST API and to apps; people do not see it in Jira.',
  hidden: true,
  bytesAtMost: 30_000,
}

/** Writes the whole record; one without a value is removed. */
export const updateCustom: Write = async (order, { signal, source }, { sessions, reads, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  const { properties, instanceId } = sessions
  const key = propertyKey(instanceId)
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
  return carryOut(order, {
    act: 'Writing the custom attributes',
    send: () => (isEmpty ? properties.delete(id, key, signal) : properties.put(id, key, record, signal)),
    look: async () => {
      const now = (await reads.accountsNow([id], signal, ['custom'])).get(id)
      if (now === undefined) return { gone: `Jira has no account ${id} any more` }
      return { holds: isEmpty && now.account.custom === undefined }
    },
  })
}
