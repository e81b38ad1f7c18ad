import { formatDuration } from '../../../domain/duration.ts'
import { asProvisioningError, type ProvisioningError } from '../../../domain/errors.ts'
import type { Instant } from '../../../domain/identity.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import { counted } from '../../kit/counted.ts'
import { plainSteps } from '../../kit/findings.ts'
import type { FileConfig } from './config.ts'
import type { FileSet } from './reader.ts'
import type { FileRead } from './records.ts'
import type { TextFile } from './text-file.ts'
import { isWebAddress } from './web-files.ts'

/** What the doctor asks the source to do; each may throw. */
export interface Examined {
  readonly set: FileSet
  readonly config: FileConfig
  readonly now: Instant
  lookUp(): Promise<readonly TextFile[]>
  read(): Promise<FileRead>
}

/** Looks files up, reads them whole and says how they were understood. Throws only `cancelled`. */
export async function* examine(examined: Examined): AsyncGenerator<CheckStep> {
  if (isWebAddress(examined.set.main)) yield* plainSteps(examined.set.main)
  let files: readonly TextFile[]
  try {
    files = await examined.lookUp()
  } catch (error) {
    yield failed('file', error)
    return
  }
  for (const file of files) yield found(file, examined)
  let read: FileRead
  try {
    read = await examined.read()
  } catch (error) {
    yield* unreadable(error)
    return
  }
  yield { name: 'read-users', status: 'ok', message: peopleSentence(read) }
  if (read.groupsUntold !== undefined) yield failed('read-groups', read.groupsUntold)
  else {
    const sentence = `${counted(read.groups.length, 'group')} with ${counted(read.memberships, 'membership')}.`
    yield { name: 'read-groups', status: 'ok', message: sentence }
  }
  yield* understanding(read)
}

function found(file: TextFile, { config, set, now }: Examined): CheckStep {
  const ageMs = file.modifiedAt === undefined ? undefined : Math.max(0, now - file.modifiedAt)
  const age = ageMs === undefined ? 'of unknown age' : `last changed ${roughAge(ageMs)} ago`
  const message = `${file.name} is there: ${set.format}, ${file.bytes} bytes, ${age}.`
  if (config.maxAge === undefined || (ageMs !== undefined && ageMs <= config.maxAge))
    return { name: 'file', status: 'ok', message }
  return {
    name: 'file',
    status: 'warning',
    message:
      ageMs === undefined
        ? `${message} Whether it is older than ${formatDuration(config.maxAge)} cannot be told.`
        : `${message} It is older than ${formatDuration(config.maxAge)}.`,
    remedy: 'Check whether the export that writes it still runs.',
  }
}

export function roughAge(ms: number): string {
  if (ms < 120_000) return `${Math.floor(ms / 1000)} seconds`
  if (ms < 7_200_000) return `${Math.floor(ms / 60_000)} minutes`
  return ms < 172_800_000 ? `${Math.floor(ms / 3_600_000)} hours` : `${Math.floor(ms / 86_400_000)} days`
}

function peopleSentence(read: FileRead): string {
  const inactive = read.users.reduce((count, user) => (user.active ? count : count + 1), 0)
  return `${counted(read.users.length, 'person', 'people')}, ${inactive} inactive.`
}

function* understanding(read: FileRead): Generator<CheckStep> {
  yield { name: 'columns', status: 'ok', message: read.understood.join('; ') }
  for (const id of read.weakIds) {
    yield {
      name: 'ids',
      status: 'warning',
      message: `People are recognised by ${id}, which may change: a changed one looks like a person who left and a new one.`,
      remedy: 'Export an id that never changes and name it with idColumn.',
    }
  }
  if (read.incompleteMembers.size > 0) {
    const [first] = read.incompleteMembers.values()
    yield {
      name: 'memberships',
      status: 'warning',
      message: `The members of ${counted(read.incompleteMembers.size, 'group')} are not told completely. ${first?.message ?? ''}`,
      ...(first?.hint === undefined ? {} : { remedy: first.hint }),
    }
  }
  for (const notice of read.notices.slice(0, 10)) yield { name: 'notice', status: 'warning', message: notice }
}

/** The first problems one by one: an administrator corrects them in one go. */
function* unreadable(thrown: unknown): Generator<CheckStep> {
  const error = asProvisioningError(thrown)
  if (error.code === 'cancelled' || error.code === 'bug') throw error
  if (error.problems.length === 0) yield failed('content', error)
  for (const problem of error.problems.slice(0, 10)) {
    yield {
      name: 'content',
      status: 'failed',
      message: `${problem.where ?? ''}: ${problem.message}`,
      ...(problem.hint === undefined ? {} : { remedy: problem.hint }),
      code: error.code,
    }
  }
  if (error.problems.length > 10) {
    const more = error.problems.length - 10
    yield { name: 'content', status: 'failed', message: `${counted(more, 'more problem')} found.`, code: error.code }
  }
}

function failed(name: string, thrown: unknown): CheckStep {
  const error: ProvisioningError = asProvisioningError(thrown)
  if (error.code === 'cancelled' || error.code === 'bug') throw error
  return {
    name,
    status: 'failed',
    message: error.message,
    ...(error.hint === undefined ? {} : { remedy: error.hint }),
    code: error.code,
  }
}
