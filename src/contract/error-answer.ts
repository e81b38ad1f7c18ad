import { type ErrorCode, errorCodes, type Problem, ProvisioningError } from '../domain/errors.ts'

/** The error in the body of an answer (`errorBody`), read without a schema; undefined where there is none of ours. */
export function errorIn(body: unknown): ProvisioningError | undefined {
  const error = textsIn(body)?.error
  const { code, message, hint, problems } = textsIn(error) ?? {}
  if (typeof code !== 'string' || !Object.hasOwn(errorCodes, code) || typeof message !== 'string') return undefined
  const listed = Array.isArray(problems) ? problems.flatMap(problemIn) : undefined
  return new ProvisioningError(code as ErrorCode, message, {
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(listed === undefined ? {} : { problems: listed }),
  })
}

function problemIn(value: unknown): readonly Problem[] {
  const { where, message, hint } = textsIn(value) ?? {}
  if (typeof message !== 'string') return []
  return [{ message, ...(typeof where === 'string' ? { where } : {}), ...(typeof hint === 'string' ? { hint } : {}) }]
}

function textsIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
}
