import type { CustomAttributePlace } from '../../../domain/account.ts'
import { required } from '../../kit/verdicts.ts'
import { gone } from './accounts.ts'
import { customAttributesOf, customNames } from './translate.ts'
import type { Write } from './writing.ts'

/** Crowd keeps attributes of users itself; ours begin with `muster.` and the id of the attribute. */
export const customPlace: CustomAttributePlace = {
  seen: 'Attributes of the user in Crowd, which administrators see in its console and applications can ask for.',
  bytesAtMost: 30_000,
}

/** One call writes all values, since Crowd keeps what is not named; what is to go is removed by name. */
export const updateCustom: Write = async (order, { signal }, { client, reads, turns, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  const attributes = customAttributesOf(order.after ?? {})
  const wanted = new Set(attributes.map(({ name }) => name))
  return turns.take(`account ${id}`, async () => {
    const user = await reads.userNow(id, signal)
    if (user === undefined) throw gone(id)
    const obsolete = customNames(user).filter((name) => !wanted.has(name))
    if (attributes.length === 0 && obsolete.length === 0) return { seq: order.seq, outcome: 'alreadyTrue' }
    return carryOut(order, {
      act: 'Writing the custom attributes',
      send: async () => {
        let last = attributes.length === 0 ? undefined : await client.putAttributes(user.name, attributes, signal)
        for (const name of obsolete) {
          if (last !== undefined && last.status >= 300 && last.status !== 404) return last
          last = await client.deleteAttribute(user.name, name, signal)
        }
        return last ?? client.putAttributes(user.name, attributes, signal)
      },
      look: async () => {
        const now = await reads.userNow(id, signal)
        if (now === undefined) return { gone: `Crowd has no account ${id} any more` }
        const names = customNames(now)
        return {
          holds: names.length === wanted.size && names.every((name) => wanted.has(name)) && attributes.length === 0,
        }
      },
    })
  })
}
