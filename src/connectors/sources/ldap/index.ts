import type { ProvisioningError } from '../../../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { AttributesDescription, FoundRecord } from '../../../domain/source-record.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import type { Source } from '../../../ports/source.ts'
import { defineSource } from '../../kit/define.ts'
import { changesSince } from './changes.ts'
import { config, type LdapConfig } from './config.ts'
import { describePeople } from './describe.ts'
import { examine } from './doctor.ts'
import { readGroups } from './groups.ts'
import { PeopleIndex, readPeople } from './people.ts'
import { searchUser } from './search-user.ts'
import { lookAgain } from './second-look.ts'
import { Session } from './session.ts'
import { setUps } from './set-up.ts'
import { defaultMappingOf, fingerprintOf, layoutOf } from './settings.ts'

export const ldap = defineSource({
  type: 'ldap',
  title: 'LDAP or Active Directory',
  summary:
    'People, groups and memberships from Active Directory, OpenLDAP, FreeIPA, 389, eDirectory, Oracle and other LDAP servers.',
  config,
  providers: setUps,
  connect: (settings, context) => new LdapSource(settings, context),
})

class LdapSource implements Source {
  readonly membershipsComeWith = 'groups'
  /** A directory has no empty values: what is not there was never set, or was taken away. */
  readonly absentMeansEmpty = true
  readonly changesSince?: NonNullable<Source['changesSince']>
  readonly #config: LdapConfig
  readonly #session: Session
  /** People of this read, for the members of groups. */
  #people: PeopleIndex | undefined
  readonly #incomplete = new Map<string, ProvisioningError>()

  constructor(settings: LdapConfig, context: ConnectorContext) {
    this.#config = settings
    this.#session = new Session(settings, context)
    if (settings.incremental === 'uSNChanged') {
      this.changesSince = (cursor, signal) => changesSince(this.#session, cursor, signal)
    }
  }

  get readFingerprint(): string {
    return fingerprintOf(this.#config, this.#session.layout)
  }

  get defaultMapping(): Source['defaultMapping'] {
    return defaultMappingOf(this.#session.layout ?? layoutOf(this.#config, 'generic'))
  }

  check(signal: AbortSignal): AsyncIterable<CheckStep> {
    return examine(this.#session, signal)
  }

  async *users(signal: AbortSignal): AsyncIterable<Page<SourceUser>> {
    const index = new PeopleIndex()
    this.#people = index
    for await (const items of readPeople(this.#session, index, signal)) yield { items }
  }

  async *groups(signal: AbortSignal): AsyncIterable<Page<SourceGroup>> {
    if (!this.#config.groups) return
    const people = this.#people ?? (await this.#index(signal))
    for await (const items of readGroups(this.#session, people, { incomplete: this.#incomplete }, signal))
      yield { items }
  }

  async *members(group: SourceGroup, signal: AbortSignal): AsyncIterable<Page<MemberRef>> {
    for await (const { items } of this.groups(signal)) {
      const found = items.find(({ key }) => key === group.key)
      if (found !== undefined) yield { items: found.members ?? [] }
    }
  }

  notices(): readonly string[] {
    return this.#session.notices()
  }

  incompleteMembers(): ReadonlyMap<string, ProvisioningError> {
    return this.#incomplete
  }

  overlooked(kind: 'user' | 'group', keys: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    return lookAgain(this.#session, kind, keys, signal)
  }

  find(login: string, signal: AbortSignal): Promise<readonly FoundRecord[]> {
    return searchUser(this.#session, login, signal)
  }

  describe(signal: AbortSignal): Promise<AttributesDescription> {
    return describePeople(this.#session, signal)
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  /** Groups were asked for without people before: their names are needed all the same. */
  async #index(signal: AbortSignal): Promise<PeopleIndex> {
    const index = new PeopleIndex()
    for await (const _ of readPeople(this.#session, index, signal, true));
    this.#people = index
    return index
  }
}
