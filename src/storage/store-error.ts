import { fail, ProvisioningError } from '../domain/errors.ts'

interface DriverError {
  readonly code?: string
  readonly message?: string
  readonly syscall?: string
}

/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) that say something about the server, not the statement. */
const hints: Readonly<Record<string, string>> = {
  '28000': 'Check the user and password in the database URL and the server’s pg_hba.conf.',
  '28P01': 'Check the user and password in the database URL.',
  '3D000': 'Create the database first, or correct its name in the database URL.',
  '42501': 'Give the database user the right to create and change tables in this database.',
  '53300': 'Raise max_connections of the server, or lower the pool size.',
  '25006': 'The server only reads: connect to the primary.',
  ECONNREFUSED: 'Is the database server running, and are host and port in the database URL right?',
  ENOTFOUND: 'Check the host name in the database URL.',
  ETIMEDOUT: 'Check the network between this machine and the database server.',
  EROFS: 'The file system is mounted read-only: choose another data directory.',
  EACCES: 'Give the user that runs Muster the right to read and write it, or choose another data directory.',
  EPERM: 'Give the user that runs Muster the right to read and write it, or choose another data directory.',
}

const lostConnection =
  /connection terminated|connection timeout|timeout exceeded|query read timeout|client has encountered/i
const noSpace = /no space left on device|ENOSPC/i

/** Anything a driver or the file system throws, as one of our errors. `about` says what was tried. */
export function storeError(
  thrown: unknown,
  about = 'The store could not be used',
  lastWords?: string,
): ProvisioningError {
  if (thrown instanceof ProvisioningError && thrown.code !== 'store-unavailable') return thrown
  const error = thrown as DriverError
  const text = [error.message ?? String(thrown), causeText(thrown), lastWords ?? ''].join('\n')
  if (error.code === '53100' || error.code === 'ENOSPC' || error.code === 'EDQUOT' || noSpace.test(text)) {
    return fail.diskFull(`${about}: no space is left for its data.`, {
      hint: 'Free space on the disk that holds the data, then continue the run.',
      cause: thrown,
    })
  }
  if (thrown instanceof ProvisioningError) return thrown
  const hint = hints[error.code ?? '']
  if (isUnavailable(error)) {
    return fail.storeUnavailable(`${about}: ${reason(error)}.`, {
      cause: thrown,
      ...(hint === undefined ? {} : { hint }),
    })
  }
  return fail.bug(`${about}: ${reason(error)}.`, { cause: thrown, hint: 'Please report this with the run number.' })
}

/** True when the same transaction may simply be tried again: a serialization failure or a deadlock. */
export function isTransient(error: unknown): boolean {
  const cause = error instanceof ProvisioningError ? (error.cause as DriverError | undefined) : undefined
  return cause?.code === '40001' || cause?.code === '40P01'
}

/** True when the server read a statement and refused it, so that certainly nothing of it was done. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof ProvisioningError)) return false
  const { code } = (error.cause ?? {}) as DriverError
  return isTransient(error) || (error.code === 'bug' && /^[0-9A-Z]{5}$/.test(code ?? ''))
}

function isUnavailable({ code = '', message = '', syscall }: DriverError): boolean {
  if (hints[code] !== undefined || syscall !== undefined) return true
  if (/^(08|53|57P|58|XX)/.test(code) || code === '25P03' || code === '40001' || code === '40P01') return true
  return lostConnection.test(message) || code === 'ECONNRESET' || code === 'EPIPE'
}

function reason({ code, message = 'unknown failure' }: DriverError): string {
  const first = message.split('\n')[0]?.replace(/\.$/, '') ?? ''
  return code === undefined || first.includes(code) ? first : `${first} (${code})`
}

function causeText(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  return cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : ''
}
