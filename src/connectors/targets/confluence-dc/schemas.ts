import { z } from 'zod'

/**
 * Answers of Confluence Data Center's REST API, as far as we read them. Unknown fields pass. The published document lacks
 * `username` and `userKey` of a person and everything of a group, which the server does return.
 */
const text = z.string().nullish()
const whole = z.number().int().nonnegative().nullish()

export const person = z.object({
  type: text,
  username: z.string().min(1),
  userKey: z.string().min(1),
  displayName: text,
  email: text,
  status: text,
})
export type Person = z.output<typeof person>

/** Who asks: an anonymous answer has neither name nor key. */
export const whoAsks = z.object({ type: text, username: text, userKey: text, displayName: text, status: text })

const page = { start: whole, limit: whole, size: whole, totalCount: whole }
export const personPage = z.object({ ...page, results: z.array(person) })
export const group = z.object({ name: z.string().min(1) })
export const groupPage = z.object({ ...page, results: z.array(group) })
export const created = z.object({ userKey: z.string().min(1) })

/** Global permissions of groups and people; a subject is named in more than one way. */
export const permissions = z.array(
  z.object({
    subject: z.object({ type: text, name: text, displayName: text }).nullish(),
    operation: z.object({ operationKey: text, targetType: text }).nullish(),
  }),
)

export const submitted = z.object({ id: z.string().min(1) })
export const task = z.object({
  percentageComplete: z.number().nullish(),
  successful: z.boolean().nullish(),
  messages: z.array(z.object({ translation: text })).nullish(),
})
export type Task = z.output<typeof task>
