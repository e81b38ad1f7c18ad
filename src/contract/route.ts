import type { z } from 'zod'
import type { ErrorCode } from '../domain/errors.ts'

/**
 * What a caller may do (D14). Everybody with a role may read. `operator` plans and applies, `approver` approves plans and
 * releases what a guard holds, `admin` edits and may also do what an operator does. Approving is a right of its own, so
 * that one person writes the rules and another one lets their effect go.
 */
export const roles = ['viewer', 'operator', 'approver', 'admin'] as const
export type Role = (typeof roles)[number]

const includes: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  approver: ['viewer', 'approver'],
  admin: ['viewer', 'operator', 'admin'],
}

/** True when one of the roles held covers the one needed. */
export function covers(held: readonly Role[], needed: Role): boolean {
  return held.some((role) => includes[role].includes(needed))
}

/**
 * Who may call an endpoint: whoever holds a role; `signed-in`, whoever is known, also without any role; `public`, anybody,
 * because it is the way in.
 */
export type Access = Role | 'signed-in' | 'public'

/** One endpoint: everything the server, the client and the documentation need to know about it. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `/api/v1/runs/{run}`; each `{name}` is a key of `params`. */
  readonly path: string
  readonly role: Access
  /**
   * Where a role on one connection is enough: `connection`, `run` and `plan` are named in the path and belong to one;
   * `connections` is a list that shows only what the caller may see. Absent = the role must be held everywhere.
   */
  readonly about?: 'connection' | 'run' | 'plan' | 'connections'
  /** One sentence for the documentation. */
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Shape of the answer; of each event when `events` is set. */
  readonly response: z.ZodType
  /** 200 when absent; 202 where work goes on after the answer. */
  readonly status?: 200 | 201 | 202
  /** The answer is a stream of server-sent events. */
  readonly events?: true
  /** For a browser that goes there: the answer sends it on to the `location` in it (303). */
  readonly redirect?: true
  /** Largest body; 1 MiB when absent. */
  readonly maxBytes?: number
  /** Codes beside those every endpoint may answer (`usage`, `unauthenticated`, `not-allowed`, `store-unavailable`, `bug`). */
  readonly errors?: readonly ErrorCode[]
}

/** As much of an endpoint as its caller needs. */
export interface CallShape {
  readonly method: Endpoint['method']
  readonly path: string
  readonly hasBody?: true
  readonly events?: true
}

/** Declares an endpoint and keeps its exact type. */
export function route<const Declared extends Endpoint>(declared: Declared): Declared {
  return declared
}

/** Codes that any endpoint may answer. */
export const commonErrors = [
  'usage',
  'unauthenticated',
  'not-allowed',
  'store-unavailable',
  'bug',
] as const satisfies readonly ErrorCode[]

type Part<Declared, Name extends string, Side extends 'input' | 'output'> =
  Declared extends Readonly<Record<Name, infer Schema extends z.ZodType>>
    ? Record<Name, Side extends 'input' ? z.input<Schema> : z.output<Schema>>
    : unknown

type Query<Declared> = Declared extends { readonly query: infer Schema extends z.ZodType }
  ? Record<never, never> extends z.input<Schema>
    ? { readonly query?: z.input<Schema> }
    : { readonly query: z.input<Schema> }
  : unknown

/** What a client hands over. */
export type RequestOf<Declared extends Endpoint> = Part<Declared, 'params', 'input'> &
  Query<Declared> &
  Part<Declared, 'body', 'input'>

/** What the server receives after validation. */
export type ReceivedOf<Declared extends Endpoint> = Part<Declared, 'params', 'output'> &
  Part<Declared, 'query', 'output'> &
  Part<Declared, 'body', 'output'>

export type AnswerOf<Declared extends Endpoint> = Declared extends { readonly events: true }
  ? AsyncIterable<z.output<Declared['response']>>
  : Promise<z.output<Declared['response']>>
