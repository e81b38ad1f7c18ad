import { z } from 'zod'
import { attributeNamePattern, customUrnPattern } from '../../../scim/schema/custom.ts'
import { field, optionalSecret } from '../../kit/field.ts'

const attributes = z
  .array(
    z.strictObject({
      name: field(z.string().regex(attributeNamePattern, 'use letters, digits, hyphens and underscores'), {
        label: 'Name',
        help: 'The name the identity provider sends.',
        group: 'Attribute',
      }),
      type: field(z.enum(['string', 'boolean', 'integer', 'decimal', 'dateTime', 'reference']).default('string'), {
        label: 'Type',
        help: 'The type of its values.',
        group: 'Attribute',
      }),
      multiValued: field(z.boolean().default(false), {
        label: 'Several values',
        help: 'Whether it may have more than one value.',
        group: 'Attribute',
      }),
    }),
  )
  .max(200)

/** Settings of a source that an identity provider pushes into. Nothing has to be set: `muster token create` makes a token. */
export const config = z.strictObject({
  token: optionalSecret({
    label: 'Token',
    help: 'A token that is valid beside those made with "muster token create", for configurations kept in a file.',
    group: 'Access',
  }),
  strict: field(z.boolean().default(false), {
    label: 'Refuse unknown attributes',
    help: 'Answer 400 to attributes no schema knows, instead of passing over them and noting it in the log of requests.',
    group: 'What is accepted',
  }),
  omittedMembers: field(z.enum(['clear', 'keep']).default('clear'), {
    label: 'PUT of a group without members',
    help: 'clear: the group is empty then, as RFC 7644 allows and Keycloak means; keep: its members stay.',
    group: 'What is accepted',
  }),
  cycles: field(z.enum(['refuse', 'accept']).default('refuse'), {
    label: 'Groups that contain each other',
    help: 'refuse: answer 400; accept: keep them, everybody in the circle counts as a member of each group.',
    group: 'What is accepted',
  }),
  schemas: field(
    z.record(z.string().regex(customUrnPattern, 'write a URN such as urn:acme:hr:1.0:User'), attributes).optional(),
    {
      label: 'Further attributes of people',
      help: 'Attributes by the URN of their extension. They stand in /Schemas and are checked; extensions that are not described are kept as they come.',
      group: 'What is accepted',
    },
  ),
  maxMembers: field(z.number().int().min(1).max(1_000_000).default(200_000), {
    label: 'Largest group',
    help: 'More direct members than these are refused.',
    group: 'Limits',
    unit: 'members',
  }),
  maxBodyMegabytes: field(z.number().int().min(1).max(64).default(16), {
    label: 'Largest request',
    help: 'Longer bodies are answered with 413.',
    group: 'Limits',
    unit: 'megabytes',
  }),
  requestsPerSecond: field(z.number().int().min(1).max(10_000).default(100), {
    label: 'Requests per second',
    help: 'The lasting rate; ten seconds of it may come at once, then 429 with Retry-After is the answer.',
    group: 'Limits',
    unit: 'requests per second',
  }),
})
export type Settings = z.output<typeof config>
