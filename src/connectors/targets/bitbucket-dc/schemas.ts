import { z } from 'zod'

/** Answers of Bitbucket Data Center's REST API, as far as we read them. Unknown fields pass. */
const text = z.string().nullish()
const flag = z.boolean().nullish()

export const user = z.object({
  id: z.number().int(),
  name: z.string().min(1),
  displayName: text,
  emailAddress: text,
  active: flag,
  type: text,
  directoryName: text,
  deletable: flag,
  mutableDetails: flag,
  mutableGroups: flag,
})
export type User = z.output<typeof user>

const page = { isLastPage: flag, nextPageStart: z.number().int().nonnegative().nullish() }
export const userPage = z.object({ ...page, values: z.array(user) })
const group = z.object({ name: z.string().min(1) })
export const groupPage = z.object({ ...page, values: z.array(group) })
export const permittedGroups = z.object({
  ...page,
  values: z.array(z.object({ group: z.object({ name: z.string() }), permission: z.string() })),
})

export const properties = z.object({ version: text, displayName: text })
export const licence = z.object({
  maximumNumberOfUsers: z.number().nullish(),
  unlimitedNumberOfUsers: flag,
  unlimitedUsers: flag,
  status: z.object({ currentNumberOfUsers: z.number().nullish() }).nullish(),
})
export type Licence = z.output<typeof licence>
export const directories = z.array(z.object({ name: text, type: text, active: flag }))
