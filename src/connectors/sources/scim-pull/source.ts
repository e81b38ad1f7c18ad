import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { AttributesDescription, FoundRecord } from '../../../domain/source-record.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import type { Source } from '../../../ports/source.ts'
import { firstOf, fullName } from '../../kit/default-rule.ts'
import { ScimServer } from '../../kit/scim/server.ts'
import { changesSince } from './changes.ts'
import type { ScimPullConfig } from './config.ts'
import { doctor } from './doctor.ts'
import { describePeople, findPeople, overlookedKeys } from './finding.ts'
import { Reading } from './reading.ts'

/** People, groups and members of a SCIM server. One instance serves one read. */
export class ScimPull implements Source {
  readonly membershipsComeWith = 'calls'
  /** An attribute without a value is left out by SCIM servers (RFC 7643 section 2.5). */
  readonly absentMeansEmpty = true
  readonly readFingerprint: string
  readonly defaultMapping: Source['defaultMapping'] = {
    email: firstOf(['email', 'userName']),
    userName: firstOf(['userName']),
    displayName: fullName(['displayName', 'name.formatted'], ['name.givenName'], ['name.familyName']),
  }
  readonly changesSince?: NonNullable<Source['changesSince']>
  readonly #reading: Reading

  constructor(settings: ScimPullConfig, context: ConnectorContext) {
    this.#reading = new Reading(new ScimServer(settings, context), settings)
    if (settings.incremental === 'lastModified') {
      this.changesSince = (cursor, signal) => changesSince(this.#reading, cursor, signal)
    }
    const { baseUrl, userFilter = 'everybody', groups, groupFilter = 'all' } = settings
    // A server that moves to another host is the same directory; another path may not be.
    this.readFingerprint = `scim-pull ${new URL(baseUrl).pathname} people: ${userFilter} groups: ${groups ? groupFilter : 'none'}`
  }

  check(signal: AbortSignal): AsyncIterable<CheckStep> {
    return doctor(this.#reading, signal)
  }

  users(signal: AbortSignal): AsyncIterable<Page<SourceUser>> {
    return this.#reading.users(signal)
  }

  groups(signal: AbortSignal): AsyncIterable<Page<SourceGroup>> {
    return this.#reading.groups(signal)
  }

  members({ key }: SourceGroup, signal: AbortSignal): AsyncIterable<Page<MemberRef>> {
    return this.#reading.members(key, signal)
  }

  overlooked(kind: 'user' | 'group', keys: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    return overlookedKeys(this.#reading, kind === 'user' ? 'Users' : 'Groups', keys, signal)
  }

  find(login: string, signal: AbortSignal): Promise<readonly FoundRecord[]> {
    return findPeople(this.#reading, login, signal)
  }

  describe(signal: AbortSignal): Promise<AttributesDescription> {
    return describePeople(this.#reading, signal)
  }

  notices(): readonly string[] {
    return []
  }

  async close(): Promise<void> {
    this.#reading.server.close()
  }
}
