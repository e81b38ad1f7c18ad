import { createHash } from 'node:crypto'
import { fail } from '../../../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import type { Source } from '../../../ports/source.ts'
import { defineSource } from '../../kit/define.ts'
import { inPages } from '../../kit/pages.ts'
import { config, type FileConfig } from './config.ts'
import { defaultMapping } from './default-mapping.ts'
import { examine, roughAge } from './doctor.ts'
import { type FileSet, fileSetOf, lookUpAll, type Place, placeOf, readFiles } from './reader.ts'
import type { FileRead } from './records.ts'
import { setUp } from './set-up.ts'
import type { TextFile } from './text-file.ts'
import { placeName } from './web-files.ts'

export const file = defineSource({
  type: 'file',
  title: 'File (CSV, JSON, LDIF)',
  summary:
    'People, groups and memberships from files that another system exports, on this machine or behind an https address.',
  config,
  providers: [setUp],
  connect: (settings, context) => new FileSource(settings, fileSetOf(settings, context.key), context),
})

class FileSource implements Source {
  readonly membershipsComeWith = 'groups'
  readonly readFingerprint: string
  readonly defaultMapping: Source['defaultMapping']
  readonly #config: FileConfig
  readonly #set: FileSet
  readonly #context: ConnectorContext
  readonly #place: Place
  readonly changesSince?: NonNullable<Source['changesSince']>
  /** One read for people and groups: two would see two states of the file. */
  #reading: Promise<FileRead> | undefined
  #notices: readonly string[] = []
  #incompleteMembers: FileRead['incompleteMembers'] = new Map()

  constructor(settings: FileConfig, set: FileSet, context: ConnectorContext) {
    this.#config = settings
    this.#set = set
    this.#context = context
    const place = placeOf(set, settings, context)
    this.#place = place
    if (settings.incremental && place.changesSince !== undefined) {
      this.changesSince = place.changesSince
    }
    this.readFingerprint = fingerprintOf(settings, set)
    this.defaultMapping = defaultMapping(settings)
  }

  check(signal: AbortSignal): AsyncIterable<CheckStep> {
    return examine({
      set: this.#set,
      config: this.#config,
      now: this.#context.now(),
      lookUp: () => lookUpAll(this.#set, this.#place, signal),
      read: () => this.#read(signal),
    })
  }

  async *users(signal: AbortSignal): AsyncIterable<Page<SourceUser>> {
    yield* inPages((await this.#read(signal)).users, signal)
  }

  async *groups(signal: AbortSignal): AsyncIterable<Page<SourceGroup>> {
    const read = await this.#read(signal)
    if (read.groupsUntold !== undefined) {
      // A list that was begun and then failed leaves the people as proven as they are.
      yield { items: [] }
      throw read.groupsUntold
    }
    yield* inPages(read.groups, signal)
  }

  async *members(group: SourceGroup, signal: AbortSignal): AsyncIterable<Page<MemberRef>> {
    const read = await this.#read(signal)
    yield* inPages(read.groups.find((each) => each.key === group.key)?.members ?? [], signal)
  }

  notices(): readonly string[] {
    return this.#notices
  }

  incompleteMembers(): FileRead['incompleteMembers'] {
    return this.#incompleteMembers
  }

  async close(): Promise<void> {
    this.#reading = undefined
    this.#place.close()
  }

  async #read(signal: AbortSignal): Promise<FileRead> {
    if (signal.aborted) throw fail.cancelled('Reading the file was stopped.')
    this.#reading ??= this.#readNow(signal)
    return this.#reading
  }

  async #readNow(signal: AbortSignal): Promise<FileRead> {
    const { log, now } = this.#context
    const read = await readFiles(this.#set, this.#config, this.#place, signal)
    this.#notices = [...read.files.flatMap((each) => this.#oldAge(each, now())), ...read.notices]
    this.#incompleteMembers = read.incompleteMembers
    log('file read', { users: read.users.length, groups: read.groups.length, memberships: read.memberships })
    return read
  }

  #oldAge(each: TextFile, now: number): string[] {
    if (this.#config.maxAge === undefined) return []
    if (each.modifiedAt === undefined)
      return [`${each.name}: its server does not say how old it is, and maxAge is set.`]
    const ageMs = now - each.modifiedAt
    if (ageMs <= this.#config.maxAge) return []
    return [`${each.name} was last changed ${roughAge(ageMs)} ago; perhaps its export no longer runs.`]
  }
}

const fileSettings = new Set(['path', 'people', 'main', 'groups', 'memberships'])

/** Everything that decides what is read and under which key, except what the files hold. */
function fingerprintOf(settings: FileConfig, set: FileSet): string {
  const { maxSizeMb: _size, maxAge: _age, allowEmpty: _empty, openEnd: _end, trailer: _trailer, ...more } = settings
  const { token: _token, header: _header, username: _name, password: _password, incremental: _look, ...read } = more
  const facts = Object.entries({ ...read, ...set })
    .map(
      ([name, value]) =>
        [name, fileSettings.has(name) && value !== undefined ? placeName(String(value)) : value] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `file:${createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32)}`
}
