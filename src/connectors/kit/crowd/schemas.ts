import { z } from 'zod'

/** Answers of Crowd's `usermanagement` API, as far as we read them. Unknown fields pass. */
const text = z.string().nullish()

/** A list without entries is still a list; any other object is not an empty one. */
function isList(answer: { readonly users?: unknown; readonly groups?: unknown; readonly expand?: unknown }): boolean {
  return [answer.users, answer.groups, answer.expand].some((each) => each !== undefined && each !== null)
}
const noList = 'no list'

const attributes = z.object({
  attributes: z.array(z.object({ name: z.string(), values: z.array(z.string()).nullish() })).nullish(),
})

export const user = z.object({
  name: z.string().min(1),
  key: text,
  'first-name': text,
  'last-name': text,
  'display-name': text,
  email: text,
  active: z.boolean().nullish(),
  attributes: attributes.nullish(),
})
export type CrowdUser = z.output<typeof user>
export const userList = z.object({ users: z.array(user).nullish(), expand: text }).refine(isList, noList)

export const group = z.object({ name: z.string().min(1), description: text, active: z.boolean().nullish() })
export type CrowdGroup = z.output<typeof group>
export const groupList = z.object({ groups: z.array(group).nullish(), expand: text }).refine(isList, noList)
