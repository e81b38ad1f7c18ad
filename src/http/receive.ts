import { z } from 'zod'
import type { Endpoint } from '../contract/route.ts'
import { fail, type Problem } from '../domain/errors.ts'

interface Given {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** The parts of a request as its route declares them. Throws `usage` with every problem. */
export function receive(endpoint: Endpoint, given: Given): Record<string, unknown> {
  const problems: Problem[] = []
  const part = (name: keyof Given, schema: z.ZodType | undefined) => {
    if (schema === undefined) return undefined
    const parsed = schema.safeParse(given[name])
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) problems.push(...problemsOf(issue, name))
    return undefined
  }
  const received = {
    params: part('params', endpoint.params),
    // A mistyped filter must not look like no filter; what an identity provider adds to its answer is its own affair.
    query: part('query', endpoint.redirect === true ? endpoint.query : (endpoint.query ?? z.object({})).strict()),
    body: part('body', endpoint.body),
  }
  if (problems.length === 0) return received
  const [first] = problems
  throw fail.usage(`The request is not as the endpoint wants it: ${first?.where} ${first?.message}.`, {
    hint: `/openapi.json describes ${endpoint.method} ${endpoint.path}.`,
    problems,
  })
}

function problemsOf(issue: z.core.$ZodIssue, part: string): readonly Problem[] {
  const where = [part, ...issue.path.map(String)].join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ where: `${where}.${key}`, message: 'is not known' }))
  }
  return [{ where, message: `is not accepted (${issue.message.replace(/\.$/, '')})` }]
}
