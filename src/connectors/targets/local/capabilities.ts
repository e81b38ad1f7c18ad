import type { Abilities } from '../../kit/abilities.ts'

/** What the built-in directory carries out, and how: operations, doctor and documents go by it. */
export const abilities: Abilities = {
  'account.create': { calls: '1, and 1 look', by: 'a person with a new key; the key at the source is kept beside it' },
  'account.update': { calls: '1', by: 'login, mail and names; what people entered beside them stays' },
  'account.deactivate': { calls: '1', by: 'the person becomes disabled and keeps their groups' },
  'account.activate': { calls: '1', by: 'the person is active again' },
  'account.disable': { why: 'The built-in directory knows one switch, active: use deactivate' },
  'account.enable': { why: 'The built-in directory knows one switch, active: use activate' },
  'account.delete': { calls: '1, and 1 look', by: 'the person is taken out of the directory and of every group' },
  'group.create': { calls: '1, and 1 look', by: 'a group with a new key' },
  'membership.add': { calls: '1, and 2 looks', by: 'a direct member' },
  'membership.remove': { calls: '1, and 2 looks', by: 'a direct member; groups inside a group are left alone' },
  'access.grant': { why: 'The built-in directory knows no products' },
  'access.revoke': { why: 'The built-in directory knows no products' },
  'custom.update': { calls: '1', by: 'attributes of the person by their id; those that people entered are left alone' },
  'lead.handover': { why: 'The built-in directory has nothing that is led' },
}
