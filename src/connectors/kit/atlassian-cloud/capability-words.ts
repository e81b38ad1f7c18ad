import type { WriteKind } from '../../../domain/change.ts'

/** What people call each kind of write here. */
export const capabilityWords: Readonly<Record<WriteKind, string>> = {
  'account.create': 'create accounts',
  'account.update': 'change profiles and addresses (managed accounts)',
  'account.deactivate': 'deactivate: suspend in the directory',
  'account.activate': 'reactivate: restore in the directory',
  'account.disable': 'switch whole accounts off (managed accounts)',
  'account.enable': 'switch whole accounts on (managed accounts)',
  'account.delete': 'delete managed accounts, remove others from the directory',
  'group.create': 'create groups',
  'membership.add': 'add to groups',
  'membership.remove': 'take out of groups',
  'access.grant': 'give roles in products',
  'access.revoke': 'take roles in products away',
  'custom.update': 'write custom attributes',
  'lead.handover': 'hand over project and component leads',
}

/** The kinds of these that are not offered, in a word or two each. */
export function notPossibleOf(kinds: readonly WriteKind[], isOffered: (kind: WriteKind) => boolean): readonly string[] {
  return kinds.filter((kind) => !isOffered(kind)).map((kind) => capabilityWords[kind].replace(/[:(].*/, '').trim())
}
