import fc from 'fast-check'
import type { Json } from '../../src/scim/json.ts'
import { enterpriseSchema, userSchema } from '../../src/scim/schema/core.ts'

/** What a client with a fault, or an attacker, may send to a SCIM server. */

const names = [
  'userName',
  'ACTIVE',
  'emails',
  'name',
  'members',
  'displayName',
  'id',
  'meta',
  'groups',
  'schemas',
  'value',
  'type',
  'primary',
  'manager',
  'title',
  '__proto__',
  'constructor',
  'externalId',
  enterpriseSchema,
  userSchema,
  'urn:acme:x',
  'urn:acme:x:badge',
  '$ref',
  'roles',
] as const
export const attributeName = fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 5 }))
const scalar = fc.oneof(
  fc.constantFrom('U1', 'True', 'false', 'work', '', 'a\u0000b', '\ud800'),
  fc.string({ maxLength: 6 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
export const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(attributeName, tie('json'), { maxKeys: 5 }),
  ),
})).json
export const path = fc.oneof(
  attributeName,
  fc.tuple(attributeName, attributeName).map((parts) => parts.join('.')),
  fc.tuple(attributeName, attributeName, scalar).map(([a, b, c]) => `${a}[${b} eq ${JSON.stringify(c)}]`),
  fc
    .tuple(attributeName, attributeName, scalar, attributeName)
    .map(([a, b, c, d]) => `${a}[${b} eq ${JSON.stringify(c)}].${d}`),
  fc.string({ maxLength: 12 }),
)
const operation = fc.record(
  { op: fc.constantFrom('add', 'Replace', 'REMOVE', 'test', 7), path: fc.oneof(path, json), value: json },
  { requiredKeys: [] },
)
export const patch = fc.oneof(
  json,
  fc.record({ Operations: fc.array(operation, { maxLength: 5 }) }),
) as fc.Arbitrary<Json>
export const resource = fc.oneof(
  json,
  fc.dictionary(attributeName, json, { maxKeys: 8 }).map((each) => ({ ...each, userName: 'a', displayName: 'd' })),
)
