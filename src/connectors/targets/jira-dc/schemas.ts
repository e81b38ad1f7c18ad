import { z } from 'zod'

/**
 * Answers of Jira Data Center REST v2, as far as we read them. Unknown fields pass; a field we rely on must be there.
 * The published document has errors: lists are declared as their items, a project lacks its lead.
 */
const text = z.string().nullish()
const flag = z.boolean().nullish()
const whole = z.number().int().nonnegative().nullish()

export const serverInfo = z.object({
  version: z.string().min(1),
  versionNumbers: z.array(z.number()).nullish(),
  deploymentType: text,
  serverTitle: text,
})
export type ServerInfo = z.output<typeof serverInfo>

export const group = z.object({ name: z.string().min(1) })

export const user = z.object({
  key: z.string().min(1),
  name: z.string().min(1),
  emailAddress: text,
  displayName: text,
  active: z.boolean(),
  deleted: flag,
  groups: z.object({ size: whole, items: z.array(group).nullish() }).nullish(),
})
export type User = z.output<typeof user>
export const users = z.array(user)

export const userStream = z.object({ values: users, nextCursor: text, isLast: flag })
export const memberPage = z.object({ startAt: whole, maxResults: whole, total: whole, isLast: flag, values: users })
export const groupSuggestions = z.object({ total: whole, groups: z.array(group) })
export const createdUser = z.object({ key: z.string().min(1) })

export const permissions = z.object({ permissions: z.record(z.string(), z.object({ havePermission: flag })) })

export const applicationRoles = z.array(
  z.object({
    key: z.string().min(1),
    name: text,
    groups: z.array(z.string()).nullish(),
    defaultGroups: z.array(z.string()).nullish(),
    numberOfSeats: z.number().nullish(),
    remainingSeats: z.number().nullish(),
    userCount: z.number().nullish(),
    hasUnlimitedSeats: flag,
  }),
)
export type ApplicationRole = z.output<typeof applicationRoles>[number]

const lead = z.object({ key: text, name: text }).nullish()
export const project = z.object({ id: z.string().min(1), key: z.string(), name: text, lead, archived: flag })
export type Project = z.output<typeof project>
export const projects = z.array(project)
export const component = z.object({ id: z.string().min(1), name: text, lead })
export const components = z.array(component)
export const property = z.object({ value: z.unknown() })
export const count = z.union([z.number().int().nonnegative(), z.object({ count: z.number().int().nonnegative() })])
