import { z } from 'zod'
import { type ErrorCode, errorCodes } from '../domain/errors.ts'
import { keySchema } from '../domain/key.ts'
import { roles } from './route.ts'

/** Shapes that have a name in the OpenAPI document. */
export const components = z.registry<{ id: string }>()

export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  components.add(schema, { id })
  return schema
}

/** An instant, UTC: `2026-03-01T12:00:00.000Z`. */
export const time = z.iso.datetime()

/** A day or an instant as people type it; a day is meant from its first moment on, UTC. */
export const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'write a day such as 2026-03-01, or an instant such as 2026-03-01T08:00:00Z',
})

export const key = keySchema

/** Query of every list: `limit` rows from where `cursor` (the `next` of the page before) stands. */
export const page = {
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
}

/** A page of a list; `next` is absent on the last page. */
export function listOf<Item extends z.ZodType>(id: string, item: Item) {
  return named(id, z.object({ items: z.array(item), next: z.string().optional() }))
}

/** A query value that may stand several times: `?state=held&state=blocked`. */
export function many<Item extends z.ZodType<string, string>>(item: Item) {
  return z.preprocess(
    (given) => (given === undefined || Array.isArray(given) ? given : [given]),
    z.array(item).optional(),
  )
}

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]

export const problem = named(
  'Problem',
  z.object({ where: z.string().optional(), message: z.string(), hint: z.string().optional() }),
)

/** The body of every answer that is not a success. */
export const errorBody = named(
  'Error',
  z.object({
    error: z.object({
      code: z.enum(codes),
      message: z.string(),
      hint: z.string().optional(),
      problems: z.array(problem).optional(),
    }),
  }),
)
export type ErrorBody = z.output<typeof errorBody>

/** An act that has nothing to tell but that it is done. */
export const done = named('Done', z.object({ done: z.literal(true) }))

/** Whether something was there to be taken away. */
export const removed = named('Removed', z.object({ removed: z.boolean() }))

export const role = z.enum(roles)

/** What an administrator wrote, before defaults. */
/** In every body that replaces something somebody may have edited. */
export const basedOn = z
  .number()
  .int()
  .min(0)
  .optional()
  .describe(
    'the version that was edited, 0 = there was none; `conflict` when another one is in use. Absent: replaces whatever is',
  )

export const document = z.record(z.string(), z.unknown())

/** What a target says of the attributes of its accounts (D27). */
export const attributesOfTarget = {
  attributes: z.array(
    z.object({
      name: z.string(),
      required: z.boolean(),
      when: z.enum(['create', 'always']),
      seen: z.string().describe('where people will see the value'),
    }),
  ),
  custom: z
    .object({ seen: z.string(), hidden: z.boolean() })
    .optional()
    .describe('where custom attributes are seen; absent = the target keeps none'),
}
