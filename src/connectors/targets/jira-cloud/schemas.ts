import { z } from 'zod'

/**
 * Answers of Jira Cloud REST v3, as far as we read them. Unknown fields pass; a field we rely on must be there. Null is
 * treated like absent: the documents are not strict about it.
 */
const text = z.string().nullish()
const flag = z.boolean().nullish()
const whole = z.number().int().nonnegative().nullish()

export const siteGroup = z.object({ groupId: z.string().min(1), name: z.string() })
export type SiteGroup = z.output<typeof siteGroup>

export const siteUser = z.object({
  accountId: z.string().min(1),
  accountType: text,
  active: z.boolean(),
  displayName: text,
  emailAddress: text,
  timeZone: text,
  locale: text,
  groups: z.object({ size: whole, items: z.array(siteGroup.partial()).nullish() }).nullish(),
})
export type SiteUser = z.output<typeof siteUser>

const pageBean = { startAt: whole, maxResults: whole, total: whole, isLast: flag }
export const siteUsers = z.array(siteUser)
export const siteUserPage = z.object({ ...pageBean, values: z.array(siteUser) })
export const siteGroupPage = z.object({ ...pageBean, values: z.array(siteGroup) })
export const siteGroups = z.array(siteGroup)

export const permissions = z.object({ permissions: z.record(z.string(), z.object({ havePermission: flag })) })
export const applicationRoles = z.array(
  z.object({
    key: z.string(),
    name: text,
    groupDetails: z.array(siteGroup.partial()).nullish(),
    defaultGroupsDetails: z.array(siteGroup.partial()).nullish(),
    numberOfSeats: z.number().nullish(),
    remainingSeats: z.number().nullish(),
    userCount: z.number().nullish(),
    hasUnlimitedSeats: flag,
  }),
)
export type ApplicationRoles = z.output<typeof applicationRoles>

const lead = z.object({ accountId: z.string().min(1) }).nullish()
const project = z.object({ id: z.string().min(1), key: z.string(), name: text, lead })
export type Project = z.output<typeof project>
export const projectPage = z.object({ ...pageBean, values: z.array(project) })
export const component = z.object({ id: z.string().min(1), name: text, lead })
export const components = z.array(component)
export const userProperty = z.object({ value: z.unknown() })
