import { z } from 'zod'
import { field, optionalSecret } from '../../kit/field.ts'
import { webAddress } from '../../kit/scim/settings.ts'
import { jsonPath } from './path.ts'
import { type PresetName, presets } from './presets/presets.ts'
import { auth, groups, memberships, type Preset, type Recipe, users } from './recipe.ts'

const server = 'Server'
const access = 'Access'
const limits = 'Limits'

const presetNames = Object.keys(presets) as PresetName[]

const fields = z.strictObject({
  preset: field(z.enum(presetNames).optional(), {
    label: 'Preset',
    help: 'Ready-made settings for a product; whatever is set beside it replaces its part of them.',
    group: server,
  }),
  baseUrl: field(webAddress, {
    label: 'Base URL',
    help: 'What all paths begin with. Nothing is ever asked of another host, next links included.',
    group: server,
    aliases: ['API URL', 'Endpoint'],
  }),
  auth: field(auth.optional(), {
    label: 'Sign-in',
    help: 'type: none, bearer, basic, apiKey, oauth2ClientCredentials, login or miniorangeHash, with what belongs to it.',
    group: access,
  }),
  secret: optionalSecret({
    label: 'Secret',
    help: 'The token, password, client secret or API key of the sign-in.',
    group: access,
    aliases: ['Token', 'API key', 'Client secret', 'Password'],
  }),
  secretExpires: field(z.iso.date({ error: 'enter a date such as 2027-03-01' }).optional(), {
    label: 'Secret expires on',
    help: 'You are warned 30 days before.',
    group: access,
  }),
  headers: field(
    z
      .record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/), z.string().max(2000))
      .refine((given) => !Object.keys(given).some((each) => /^(authorization|cookie|host)$/i.test(each)), {
        error: 'credentials belong to auth and secret, not to headers',
      })
      .default({}),
    { label: 'Headers', help: 'Sent with every request; never a credential.', group: server },
  ),
  query: field(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}), {
    label: 'Query',
    help: 'Sent with every request.',
    group: server,
  }),
  success: field(
    z
      .strictObject({
        path: field(jsonPath, { label: 'Path', help: 'Where the answer says how it went: $.status.', group: server }),
        equals: field(z.union([z.string(), z.number(), z.boolean()]), {
          label: 'Value',
          help: 'What stands there when it went well: SUCCESS.',
          group: server,
        }),
      })
      .optional(),
    {
      label: 'Success',
      help: 'For APIs that answer HTTP 200 also when something went wrong.',
      group: server,
    },
  ),
  users: field(users.optional(), {
    label: 'People',
    help: 'The list of people and what is what in it. Required without a preset.',
    group: 'People',
  }),
  groups: field(groups.optional(), {
    label: 'Groups',
    help: 'The list of groups. Without it groups may come from what people have (memberships fromUser, refersTo name).',
    group: 'Groups',
  }),
  memberships: field(memberships.optional(), {
    label: 'Memberships',
    help: 'type: fromUser, fromGroup, perGroup, perUser or list, with its paths.',
    group: 'Memberships',
  }),
  timeoutSeconds: field(z.number().int().min(1).max(600).default(30), {
    label: 'Longest answer',
    help: 'A request that takes longer is repeated, then the read ends.',
    group: limits,
    unit: 'seconds',
  }),
  maxMegabytes: field(z.number().int().min(1).max(500).default(50), {
    label: 'Largest answer',
    help: 'A larger one ends the read.',
    group: limits,
    unit: 'MB',
  }),
  requestsAtOnce: field(z.number().int().min(1).max(16).default(4), {
    label: 'Requests at once',
    help: 'How many requests may be under way at the same time.',
    group: limits,
    unit: 'requests',
  }),
})

type Fields = z.output<typeof fields>

export const config = fields.superRefine((settings, context) => {
  const recipe = recipeOf(settings)
  if (typeof recipe !== 'string') return
  context.addIssue({ code: 'custom', message: recipe })
})

export type RestConfig = z.output<typeof config>

/** Preset and own settings together; a sentence where something is missing. */
export function recipeOf(settings: Fields): Recipe | string {
  const preset: Preset | undefined = settings.preset === undefined ? undefined : presets[settings.preset]
  const people = settings.users ?? (preset === undefined ? undefined : users.parse(preset.users))
  if (people === undefined) return 'names neither a preset nor where people are: set users'
  const signIn = auth.safeParse({ ...(sameKind(preset?.auth, settings.auth) ? preset?.auth : {}), ...settings.auth })
  if (!signIn.success) return 'does not say how to sign in: set auth, for oauth2ClientCredentials with clientId'
  const missing = missingFor(signIn.data, settings)
  if (missing !== undefined) return missing
  const groupRule = settings.groups ?? (preset?.groups === undefined ? undefined : groups.parse(preset.groups))
  const given = settings.memberships ?? preset?.memberships
  const memberRule = given === undefined ? undefined : memberships.parse(given)
  const invents = memberRule?.type === 'fromUser' && memberRule.refersTo === 'name'
  if (memberRule !== undefined && groupRule === undefined && !invents) {
    return 'says who is in which group but not where groups are: set groups'
  }
  return {
    auth: signIn.data,
    headers: { ...preset?.headers, ...settings.headers },
    query: settings.query,
    success: settings.success,
    users: people,
    groups: groupRule,
    memberships: memberRule,
  }
}

function sameKind(preset: Preset['auth'] | undefined, own: Fields['auth']): boolean {
  return preset !== undefined && (own === undefined || own.type === preset.type)
}

function missingFor(signIn: Recipe['auth'], { secret }: Fields): string | undefined {
  if (signIn.type !== 'none' && secret === undefined)
    return `signs in with ${signIn.type} but has no secret: set secret`
  if (signIn.type === 'oauth2ClientCredentials' && signIn.tokenUrl === undefined) {
    return 'does not say where tokens are fetched: set auth.tokenUrl'
  }
  return undefined
}
