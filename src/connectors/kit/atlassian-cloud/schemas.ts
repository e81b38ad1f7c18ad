import { z } from 'zod'

/**
 * Answers of the Organizations API (admin v1 and v2), as far as we read them. Unknown fields pass; a field we rely on must
 * be there. Null is treated like absent: the documents are not strict about it.
 */
const text = z.string().nullish()
const flag = z.boolean().nullish()
const whole = z.number().int().nonnegative().nullish()

const links = z.object({ next: text }).nullish()

export const orgs = z.object({
  data: z.array(z.object({ id: z.string().min(1), attributes: z.object({ name: text }).nullish() })),
  links,
})

export const directories = z.object({
  data: z.array(z.object({ directoryId: z.string().min(1), name: text })),
  links,
})

export const domains = z.object({
  data: z.array(
    z.object({ attributes: z.object({ name: text, claim: z.object({ status: text }).nullish() }).nullish() }),
  ),
  links,
})

export const workspaces = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      attributes: z.object({ name: text, typeKey: text, hostUrl: text, capacity: whole }).nullish(),
    }),
  ),
  links,
})

export const orgUser = z.object({
  accountId: z.string().min(1),
  accountType: text,
  status: text,
  accountStatus: text,
  membershipStatus: text,
  name: text,
  nickname: text,
  email: text,
  emailVerified: flag,
  claimStatus: text,
  managementSource: text,
  jobTitle: text,
  department: text,
  organization: text,
  location: text,
  timeZone: text,
  groups: z.array(z.object({ id: z.string().min(1), name: text })).nullish(),
})
export type OrgUser = z.output<typeof orgUser>
export const orgUserPage = z.object({ data: z.array(orgUser), links })

export const orgGroup = z.object({
  id: z.string().min(1),
  name: z.string(),
  description: text,
  directoryId: text,
  externalSynced: flag,
  managedBy: text,
  managementAccess: z.object({ modifiable: flag }).nullish(),
})
export type OrgGroup = z.output<typeof orgGroup>
export const orgGroupPage = z.object({ data: z.array(orgGroup), links })

/** Roles on one resource; `roles` is the older field, without the way a role came. */
const roleAssignment = z.object({
  resourceId: z.string().min(1),
  roles: z.array(z.string()).nullish(),
  roleAssignments: z
    .array(z.object({ role: z.string(), roleAssignmentMethods: z.array(z.string()).nullish() }))
    .nullish(),
})
export type RoleAssignment = z.output<typeof roleAssignment>
export const roleAssignments = z.object({ data: z.array(roleAssignment).nullish(), links })

export const count = z.object({ count: whole })

const assignment = z.object({ resource: text, role: text, group: text, status: text, statusReason: text })
export const invited = z.object({
  data: z.array(
    z.object({
      id: text,
      email: text,
      results: z
        .array(
          z.object({
            roleAssignmentResult: z.array(assignment).nullish(),
            groupAssignmentResult: z.array(assignment).nullish(),
          }),
        )
        .nullish(),
    }),
  ),
})
export type Invited = z.output<typeof invited>
