/**
 * Every failure of the product, as a closed list. The radius says how much a failure may stop; nothing outside the list
 * is thrown by product code.
 */

/** The smallest thing a failure stops. */
export type Radius = 'installation' | 'connection' | 'plan' | 'kind' | 'object' | 'request' | 'run'

interface CodeFacts {
  readonly radius: Radius
  /** May the same request be sent again after a pause? */
  readonly retry: boolean
  /** Status of our own API when a request ends with this code. */
  readonly http: number
  /** Exit code of a command that ends with this code. */
  readonly exit: number
  /** One sentence for docs/errors.md: what it means and who acts. */
  readonly meaning: string
}

export const errorCodes = {
  'config-invalid': {
    radius: 'connection',
    retry: false,
    http: 422,
    exit: 2,
    meaning:
      'A setting is missing, misspelt or impossible. The message names the file, line and field; an administrator corrects it.',
  },
  usage: {
    radius: 'request',
    retry: false,
    http: 400,
    exit: 2,
    meaning: 'A command or request was not formed as its help says. Nothing was done.',
  },
  'auth-failed': {
    radius: 'connection',
    retry: false,
    http: 502,
    exit: 3,
    meaning:
      'The other side refused the credential. An administrator enters a new secret; nothing is read or written until then.',
  },
  forbidden: {
    radius: 'connection',
    retry: false,
    http: 502,
    exit: 3,
    meaning: 'The credential is valid but lacks a right. The message names the missing scope or role.',
  },
  'not-writable': {
    radius: 'object',
    retry: false,
    http: 409,
    exit: 1,
    meaning:
      'This group or account is kept by somebody else (synced from an identity provider, read-only directory). It is skipped; the rest goes on.',
  },
  unreachable: {
    radius: 'request',
    retry: true,
    http: 503,
    exit: 4,
    meaning:
      'No connection, or no answer in time. Retried with growing pauses, then the run ends and can be continued.',
  },
  'rate-limited': {
    radius: 'request',
    retry: true,
    http: 503,
    exit: 4,
    meaning: 'The other side asked us to slow down. We wait as long as it says and go on.',
  },
  'quota-exhausted': {
    radius: 'kind',
    retry: false,
    http: 409,
    exit: 1,
    meaning:
      'No licence seats or plan limit reached. Changes of that kind stop, all others go on; never retried by itself.',
  },
  'incomplete-read': {
    radius: 'object',
    retry: false,
    http: 502,
    exit: 4,
    meaning: 'A read ended before everything was told. What was not proven complete removes nothing; read again.',
  },
  'correlation-ambiguous': {
    radius: 'object',
    retry: false,
    http: 409,
    exit: 1,
    meaning:
      'More than one account could belong to a person. A person decides once; until then nothing is done for them.',
  },
  rejected: {
    radius: 'object',
    retry: false,
    http: 409,
    exit: 1,
    meaning: 'The target refused this one change and said why. Correct the record; the rest goes on.',
  },
  conflict: {
    radius: 'object',
    retry: false,
    http: 409,
    exit: 1,
    meaning: 'The object moved since the plan was made. It is left alone and planned afresh by the next run.',
  },
  gone: {
    radius: 'object',
    retry: false,
    http: 409,
    exit: 1,
    meaning: 'The object no longer exists in the target. It is left alone and planned afresh by the next run.',
  },
  'guard-tripped': {
    radius: 'plan',
    retry: false,
    http: 409,
    exit: 5,
    meaning: 'A limit or a missing proof holds this part. A person reviews and releases it, or changes the rules.',
  },
  'stale-plan': {
    radius: 'plan',
    retry: false,
    http: 409,
    exit: 5,
    meaning: 'A newer plan exists, or the plan was already ended. Plan again and review the new one.',
  },
  usurped: {
    radius: 'run',
    retry: false,
    http: 409,
    exit: 5,
    meaning:
      'Another process took over this directory while we were writing. We stopped at once; the other one goes on.',
  },
  busy: {
    radius: 'request',
    retry: true,
    http: 409,
    exit: 5,
    meaning: 'Another run is writing to the same directory. Wait for it to end, or watch it with `muster runs`.',
  },
  cancelled: {
    radius: 'run',
    retry: false,
    http: 409,
    exit: 130,
    meaning: 'Somebody stopped the run. It stopped between two writes and can be continued.',
  },
  unauthenticated: {
    radius: 'request',
    retry: false,
    http: 401,
    exit: 3,
    meaning: 'Our own API needs somebody who signed in, or a valid token: `muster token create` makes one.',
  },
  'too-many-attempts': {
    radius: 'request',
    retry: true,
    http: 429,
    exit: 3,
    meaning:
      'Too many failed attempts to sign in with this name or from this address. Wait as long as the answer says.',
  },
  'not-allowed': {
    radius: 'request',
    retry: false,
    http: 403,
    exit: 3,
    meaning: 'The caller lacks the role for this act. An administrator can grant it.',
  },
  'not-found': {
    radius: 'request',
    retry: false,
    http: 404,
    exit: 2,
    meaning: 'There is no object of that name or number. The message says where to list the existing ones.',
  },
  'data-dir-locked': {
    radius: 'installation',
    retry: true,
    http: 503,
    exit: 6,
    meaning: 'Another process holds the data directory and could not be joined.',
  },
  'store-unavailable': {
    radius: 'installation',
    retry: true,
    http: 503,
    exit: 6,
    meaning: 'Our own database cannot be reached, or the data directory cannot be read or written.',
  },
  'disk-full': {
    radius: 'installation',
    retry: true,
    http: 503,
    exit: 6,
    meaning: 'No space is left for our own data. Nothing more is sent to the target; free space and continue the run.',
  },
  'schema-newer': {
    radius: 'installation',
    retry: false,
    http: 503,
    exit: 6,
    meaning: 'The data was written by a newer Muster. Install that version or restore a backup; nothing was changed.',
  },
  bug: {
    radius: 'run',
    retry: false,
    http: 500,
    exit: 70,
    meaning: 'A defect of ours. The run ended and everything needed for a report was kept.',
  },
} as const satisfies Record<string, CodeFacts>

export type ErrorCode = keyof typeof errorCodes

/** One of several problems of the same failure, e.g. all faults of a file. */
export interface Problem {
  /** Where: `people.csv:12:4`, `connections.staff.users.match`, a person, a group. */
  readonly where?: string
  readonly message: string
  readonly hint?: string
}

export interface ErrorDetails {
  /** What to do now, as an instruction. */
  readonly hint?: string
  readonly cause?: unknown
  /** The other side asked for this pause, in milliseconds. */
  readonly retryAfterMs?: number
  readonly problems?: readonly Problem[]
  /** May the write have reached the other side although we saw no answer? */
  readonly mayHaveApplied?: boolean
}

/** The one error class of the product. Its message never holds a secret, a stack or vendor JSON. */
export class ProvisioningError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly retryAfterMs: number | undefined
  readonly problems: readonly Problem[]
  readonly mayHaveApplied: boolean

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'ProvisioningError'
    this.code = code
    this.hint = details.hint
    this.retryAfterMs = details.retryAfterMs
    this.problems = details.problems ?? []
    this.mayHaveApplied = details.mayHaveApplied ?? false
  }

  get radius(): Radius {
    return errorCodes[this.code].radius
  }

  get retry(): boolean {
    return errorCodes[this.code].retry
  }
}

const constructorOf = (code: ErrorCode) => (message: string, details?: ErrorDetails) =>
  new ProvisioningError(code, message, details)

/** A constructor per code: `throw fail.configInvalid('…')`. */
export const fail = {
  configInvalid: constructorOf('config-invalid'),
  usage: constructorOf('usage'),
  authFailed: constructorOf('auth-failed'),
  forbidden: constructorOf('forbidden'),
  notWritable: constructorOf('not-writable'),
  unreachable: constructorOf('unreachable'),
  rateLimited: constructorOf('rate-limited'),
  quotaExhausted: constructorOf('quota-exhausted'),
  incompleteRead: constructorOf('incomplete-read'),
  correlationAmbiguous: constructorOf('correlation-ambiguous'),
  rejected: constructorOf('rejected'),
  conflict: constructorOf('conflict'),
  gone: constructorOf('gone'),
  guardTripped: constructorOf('guard-tripped'),
  stalePlan: constructorOf('stale-plan'),
  usurped: constructorOf('usurped'),
  busy: constructorOf('busy'),
  cancelled: constructorOf('cancelled'),
  unauthenticated: constructorOf('unauthenticated'),
  tooManyAttempts: constructorOf('too-many-attempts'),
  notAllowed: constructorOf('not-allowed'),
  notFound: constructorOf('not-found'),
  dataDirLocked: constructorOf('data-dir-locked'),
  storeUnavailable: constructorOf('store-unavailable'),
  diskFull: constructorOf('disk-full'),
  schemaNewer: constructorOf('schema-newer'),
  bug: constructorOf('bug'),
} as const

/** Any thrown thing as one of ours; what we do not know is a bug of ours. */
export function asProvisioningError(thrown: unknown): ProvisioningError {
  if (thrown instanceof ProvisioningError) return thrown
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return fail.bug(`Unexpected: ${text}`, { cause: thrown, hint: 'Please report this with the run number.' })
}
