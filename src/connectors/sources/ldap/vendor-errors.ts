import { isIP } from 'node:net'
import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { Instant } from '../../../domain/identity.ts'
import { type Endpoint, Lost, Refused } from './wire/connection.ts'
import { type Certificate, ConnectTimeout, TlsFailure } from './wire/socket.ts'

/** Everything that can go wrong on the way to a directory, as one of our errors with what to do about it (law 4). */

export function endpointName({ host, port }: Pick<Endpoint, 'host' | 'port'>): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

/** Why a server could not be connected to. Anything else is returned as it is. */
export function connectError(thrown: unknown, endpoint: Endpoint, now: Instant): unknown {
  const name = endpointName(endpoint)
  if (thrown instanceof ConnectTimeout) {
    return fail.unreachable(`${name} did not answer within ${endpoint.connectTimeoutMs / 1000} s.`, {
      cause: thrown,
      hint: 'A firewall may drop the connection. Check host, port and the way from this machine to it.',
    })
  }
  if (thrown instanceof TlsFailure) return tlsError(thrown, endpoint, now)
  if (thrown instanceof Refused && thrown.operation === 'start-tls') {
    return fail.configInvalid(`${name} does not offer StartTLS: ${inWords(thrown)}.`, {
      cause: thrown,
      hint: 'Choose security: ldaps (usually port 636), or let the server be given a certificate.',
    })
  }
  if (thrown instanceof Lost) {
    return fail.unreachable(`${name} answered, but not as an LDAP server does: ${thrown.message}.`, {
      cause: thrown,
      hint: 'Check port and security: port 636 usually needs ldaps, port 389 starttls or none.',
    })
  }
  return isSystemError(thrown) ? systemError(thrown, endpoint) : thrown
}

function systemError(thrown: NodeJS.ErrnoException, { host, port }: Endpoint): ProvisioningError {
  const name = endpointName({ host, port })
  const details = { cause: thrown }
  switch (thrown.code) {
    case 'ENOTFOUND':
    case 'ENODATA':
      return fail.unreachable(`The host ${host} does not exist: no name server knows it.`, {
        ...details,
        hint: 'Check the spelling of the host, and that this machine asks the name server of your network.',
      })
    case 'EAI_AGAIN':
      return fail.unreachable(`The name ${host} could not be looked up: no name server answered.`, {
        ...details,
        hint: 'Check the name servers of this machine.',
      })
    case 'ECONNREFUSED':
      return fail.unreachable(`Nothing listens at ${name}: the connection was refused.`, {
        ...details,
        hint: 'Check that the directory runs there and that the port is right.',
      })
    case 'EREFUSEDADDRESS':
      return fail.configInvalid(`${host} leads to a link-local or metadata address, which is never called.`, {
        ...details,
        hint: 'Enter the name of a directory server.',
      })
    default:
      return fail.unreachable(`${name} could not be reached (${thrown.code ?? thrown.message}).`, {
        ...details,
        hint: 'Check the network between this machine and the directory.',
      })
  }
}

function tlsError(failure: TlsFailure, endpoint: Endpoint, now: Instant): ProvisioningError {
  const name = endpointName(endpoint)
  const { code, certificate, message } = failure
  const shown = certificate === undefined ? '' : ` It is "${certificate.subject}", issued by "${certificate.issuer}".`
  const details = { cause: failure }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return fail.unreachable(
        `The certificate of ${name} ${expiry(certificate, now)}.${shown} Nothing was sent to it.`,
        {
          ...details,
          hint: 'Let the directory be given a new certificate. The check cannot be switched off.',
        },
      )
    case 'CERT_NOT_YET_VALID':
      return fail.unreachable(`The certificate of ${name} is not valid yet.${shown} Nothing was sent to it.`, {
        ...details,
        hint: 'Check the clock of this machine and the date of the certificate.',
      })
    case 'ERR_TLS_CERT_ALTNAME_INVALID': {
      const names = certificate?.names.join(', ') ?? 'other names'
      const asked = endpoint.serverName ?? endpoint.host
      return fail.configInvalid(`The certificate of ${name} is made for ${names}, not for ${asked}.${shown}`, {
        ...details,
        hint: 'Write a host as the certificate names it, or set serverName to that name if it really is this server.',
      })
    }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return fail.configInvalid(
        `The certificate of ${name} comes from an authority this machine does not trust.${shown}`,
        {
          ...details,
          hint: 'Set caCertificate to the certificate of your authority: { file: ca.pem }.',
        },
      )
    default:
      return fail.unreachable(`TLS with ${name} failed: ${plainWords(message)}.${shown}`, {
        ...details,
        hint: 'Check port and security: port 636 usually needs ldaps, port 389 starttls or none.',
      })
  }
}

function expiry(certificate: Certificate | undefined, now: Instant): string {
  if (certificate === undefined) return 'has expired'
  const days = Math.floor((now - certificate.until) / 86_400_000)
  const ago = days < 1 ? 'less than a day ago' : `${days} ${days === 1 ? 'day' : 'days'} ago`
  return `expired on ${new Date(certificate.until).toISOString().slice(0, 10)}, ${ago}`
}

/** Why the credential was not taken. Anything else is returned as it is. */
export function bindError(thrown: unknown, endpoint: Endpoint, bindName: string): unknown {
  const name = endpointName(endpoint)
  if (thrown instanceof Lost) {
    return fail.unreachable(`${name} ended the connection during sign-in: ${thrown.message}.`, {
      cause: thrown,
      hint: 'Check port and security: port 636 usually needs ldaps, port 389 starttls or none.',
    })
  }
  if (!(thrown instanceof Refused)) return thrown
  const cause = new Error(inWords(thrown))
  switch (thrown.outcome.code) {
    case 8:
      return fail.configInvalid(`${name} takes a password only over an encrypted connection.`, {
        cause,
        hint: 'Choose security: starttls or ldaps.',
      })
    case 13:
      return fail.configInvalid(`${name} demands an encrypted connection.`, {
        cause,
        hint: 'Choose security: starttls or ldaps.',
      })
    case 51:
    case 52:
      return fail.unreachable(`${name} is too busy to sign anybody in: ${inWords(thrown)}.`, { cause })
    case 34:
      return fail.authFailed(`${name} does not understand the name "${bindName}".`, {
        cause,
        hint: 'Enter the distinguished name of the account; only Active Directory knows reader@example.com and DOMAIN\\reader.',
      })
    default: {
      const why = activeDirectoryReason(thrown.outcome.diagnostic) ?? refusalReason(thrown)
      return fail.authFailed(`${name} refused to sign in "${bindName}": ${why}.`, {
        cause,
        hint: 'Check bindDn and password of the source; the account must be able to sign in and to read.',
      })
    }
  }
}

/** Active Directory hides the reason in `data 52e` of its message. */
const activeDirectoryReasons: Readonly<Record<string, string>> = {
  '525': 'the account does not exist',
  '52e': 'name or password is wrong',
  '52f': 'the account is restricted',
  '530': 'it may not sign in at this hour',
  '531': 'it may not sign in at this machine',
  '532': 'its password has expired',
  '533': 'the account is disabled',
  '701': 'the account has expired',
  '773': 'its password must be changed first',
  '775': 'the account is locked',
}

function activeDirectoryReason(diagnostic: string): string | undefined {
  const [, data] = /\bdata ([0-9a-f]{3,4})\b/i.exec(diagnostic) ?? []
  return data === undefined ? undefined : activeDirectoryReasons[data.toLowerCase()]
}

function refusalReason(refused: Refused): string {
  // 49 also stands for an account that does not exist: a directory does not tell strangers which.
  if (refused.outcome.code === 49) return 'name or password is wrong'
  if (refused.outcome.code === 53) return `the server is not willing (${inWords(refused)})`
  return inWords(refused)
}

/** What a search was for, in words: `people`, `groups`, `members of "dev"`. */
export function searchError(thrown: unknown, endpoint: Endpoint, what: string, base: string): unknown {
  const name = endpointName(endpoint)
  if (thrown instanceof Lost) {
    return fail.unreachable(`${name} broke off while ${what} were read: ${thrown.message}.`, {
      cause: thrown,
      hint: 'Run again; if it happens each time, ask for the log of the directory.',
    })
  }
  if (!(thrown instanceof Refused)) return thrown
  const { code, diagnostic, referrals } = thrown.outcome
  const details = { cause: new Error(inWords(thrown)) }
  switch (code) {
    case 1:
      if (/00002020|000004DC/i.test(diagnostic)) {
        return fail.authFailed(`${name} answers only those who signed in.`, {
          ...details,
          hint: 'Check bindDn and password.',
        })
      }
      break
    case 3:
      return fail.incompleteRead(`${name} stopped listing ${what} at its time limit.`, {
        ...details,
        hint: 'Raise operationTimeoutSeconds, choose a smaller pageSize, or let the limit of the reading account be raised.',
      })
    case 4:
      return fail.incompleteRead(`${name} stopped listing ${what} at its size limit.`, {
        ...details,
        hint: 'Let the size limit of the reading account be lifted for paged searches.',
      })
    case 10:
      return fail.configInvalid(`${name} says that "${base}" is kept by another server${elsewhere(referrals)}.`, {
        ...details,
        hint: 'Correct the base DN, or enter the server that keeps it. A referral is never followed to a host that is not configured.',
      })
    case 11:
      return fail.incompleteRead(`${name} refuses to list ${what}: an administrative limit was exceeded.`, {
        ...details,
        hint: 'Choose a smaller pageSize, or let the limits of the reading account be raised.',
      })
    case 32:
      return fail.configInvalid(`There is no "${base}" at ${name}, or the reading account may not see it.`, {
        ...details,
        hint: 'Check the base DN letter by letter, and the rights of the reading account.',
      })
    case 34:
      return fail.configInvalid(`${name} does not take "${base}" as a distinguished name.`, details)
    case 50:
      return fail.forbidden(`The reading account may not search "${base}" at ${name}.`, {
        ...details,
        hint: 'Let it be given the right to read and search there.',
      })
    case 51:
    case 52:
      return fail.unreachable(`${name} is too busy to list ${what}: ${inWords(thrown)}.`, details)
  }
  return fail.incompleteRead(`${name} did not list ${what} to the end: ${inWords(thrown)}.`, {
    ...details,
    hint: 'Ask for the log of the directory at this time.',
  })
}

function elsewhere(referrals: readonly string[]): string {
  const hosts = [...new Set(referrals.flatMap((url) => URL.parse(url)?.host || []))]
  return hosts.length === 0 ? '' : ` (${hosts.slice(0, 3).join(', ')})`
}

/** Names of result codes as RFC 4511 calls them. */
const codeNames: Readonly<Record<number, string>> = {
  1: 'operationsError',
  2: 'protocolError',
  3: 'timeLimitExceeded',
  4: 'sizeLimitExceeded',
  7: 'authMethodNotSupported',
  8: 'strongerAuthRequired',
  10: 'referral',
  11: 'adminLimitExceeded',
  12: 'unavailableCriticalExtension',
  13: 'confidentialityRequired',
  18: 'inappropriateMatching',
  32: 'noSuchObject',
  34: 'invalidDNSyntax',
  48: 'inappropriateAuthentication',
  49: 'invalidCredentials',
  50: 'insufficientAccessRights',
  51: 'busy',
  52: 'unavailable',
  53: 'unwillingToPerform',
  80: 'other',
}

/** The result code with the server's own words, cut to one line. */
function inWords({ outcome: { code, diagnostic } }: Refused): string {
  const name = codeNames[code]
  const words = plainWords(diagnostic)
  return `${name === undefined ? 'result code' : name} ${code}${words === '' ? '' : `, "${words}"`}`
}

function plainWords(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '')
    .slice(0, 200)
}

/** Failures of name lookup and connection; Node's own errors (`ERR_…`) are not among them. */
function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  if (!(thrown instanceof Error)) return false
  const { code } = thrown as NodeJS.ErrnoException
  return typeof code === 'string' && /^E(?!RR_)[A-Z_0-9]+$/.test(code)
}
