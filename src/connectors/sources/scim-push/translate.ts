import type { SourceUser } from '../../../domain/identity.ts'
import type { PushResource } from '../../../ports/push-directory.ts'
import { flattened } from '../../../scim/flat.ts'
import { own } from '../../../scim/json.ts'

/**
 * A pushed person as the engine knows one, attributes under the names of `flattened`. What was not sent is absent, which is
 * unknown and changes nothing (D21).
 */
export function asUser({ id, sourceKey, document }: PushResource): SourceUser {
  const active = own(document, 'active')
  // null: the word about it was taken away after a no.
  return {
    key: sourceKey,
    active: active !== false && active !== null,
    attributes: { id, ...flattened(document) },
  }
}
