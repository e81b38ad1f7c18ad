/** The failures of the protocol (RFC 7644 section 3.12, RFC 9865 section 2.3). `detail` is a sentence for people. */

export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount'

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'

export class ScimError extends Error {
  readonly status: number
  readonly scimType: ScimType | undefined
  /** Pause for the client, in seconds; sent as Retry-After. */
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, detail: string, scimType?: ScimType, retryAfterSeconds?: number) {
    super(detail)
    this.name = 'ScimError'
    this.status = status
    this.scimType = scimType
    this.retryAfterSeconds = retryAfterSeconds
  }
}

const badRequest = (scimType: ScimType) => (detail: string) => new ScimError(400, detail, scimType)
const plain = (status: number) => (detail: string) => new ScimError(status, detail)

/** A constructor per failure: `throw scimFault.invalidPath('…')`. */
export const scimFault = {
  invalidFilter: badRequest('invalidFilter'),
  tooMany: badRequest('tooMany'),
  mutability: badRequest('mutability'),
  invalidSyntax: badRequest('invalidSyntax'),
  invalidPath: badRequest('invalidPath'),
  noTarget: badRequest('noTarget'),
  invalidValue: badRequest('invalidValue'),
  invalidCursor: badRequest('invalidCursor'),
  invalidCount: badRequest('invalidCount'),
  uniqueness: (detail: string) => new ScimError(409, detail, 'uniqueness'),
  conflict: plain(409),
  unauthorized: plain(401),
  forbidden: plain(403),
  notFound: plain(404),
  methodNotAllowed: plain(405),
  preconditionFailed: plain(412),
  tooLarge: plain(413),
  unsupportedMediaType: plain(415),
  notImplemented: plain(501),
  internal: plain(500),
  tooManyRequests: (detail: string, retryAfterSeconds: number) =>
    new ScimError(429, detail, undefined, retryAfterSeconds),
  unavailable: (detail: string, retryAfterSeconds: number) => new ScimError(503, detail, undefined, retryAfterSeconds),
} as const

/** The body of an answer that is a failure; `status` is a text there (RFC 7644 section 3.12). */
export function errorDocument({ status, scimType, message }: ScimError) {
  return {
    schemas: [errorSchema],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail: message,
  }
}
