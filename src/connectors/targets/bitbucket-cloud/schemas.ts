import { z } from 'zod'

/** Answers of Bitbucket Cloud's API 2.0, as far as we read them; unknown fields pass, null is treated like absent. */
const text = z.string().nullish()
const page = { size: z.number().int().nonnegative().nullish(), next: text }

export const user = z.object({ uuid: text, account_id: text, display_name: text })

const ownEntry = z.object({
  administrator: z.boolean().nullish(),
  workspace: z.object({ uuid: z.string().min(1), slug: text }),
})
export type OwnEntry = z.output<typeof ownEntry>
export const workspacePage = z.object({ ...page, values: z.array(ownEntry) })

/** A member is named by its uuid always, by its Atlassian account id where the person has one. */
const membership = z.object({
  permission: text,
  /** Both are left out once the administration has moved to Atlassian Administration (the document, permissions). */
  added_on: text,
  last_accessed: text,
  user: z.object({ uuid: z.string().min(1), account_id: text, display_name: text }),
})
export type Membership = z.output<typeof membership>
export const membershipPage = z.object({ ...page, values: z.array(membership) })
