import { createSecureContext, type SecureContext } from 'node:tls'
import { type Authority, makeAuthority, type Validity } from '../asn1/certificates.ts'

export const certificateKinds = ['valid', 'expired', 'wrong-name', 'unknown-authority'] as const

/** `expired` = it ran out an hour ago; `wrong-name` = for another host; `unknown-authority` = of nobody the client knows. */
export type CertificateKind = (typeof certificateKinds)[number]

const hour = 3_600_000

/** The certificates of a server: a good one and some that no client should accept. */
export class Certificates {
  /** PEM of the authority behind the good one. */
  readonly authority: string
  readonly #contexts: Record<CertificateKind, SecureContext>
  /** The one that handshakes show from now on. */
  inUse: CertificateKind = 'valid'

  constructor(names: readonly string[], now: number) {
    const authority = makeAuthority('Sandbox LDAP authority', now)
    this.authority = authority.certificate
    this.#contexts = {
      valid: contextOf(authority, names),
      expired: contextOf(authority, names, { from: now - 48 * hour, until: now - hour }),
      'wrong-name': contextOf(authority, ['other.example']),
      'unknown-authority': contextOf(makeAuthority('Somebody else', now), names),
    }
  }

  get secureContext(): SecureContext {
    return this.#contexts[this.inUse]
  }
}

function contextOf(issuer: Authority, names: readonly string[], validity?: Validity): SecureContext {
  const { certificate, key } = issuer.issue(names, validity)
  return createSecureContext({ cert: certificate, key })
}
