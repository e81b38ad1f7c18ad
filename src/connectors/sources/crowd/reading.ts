import { fail } from '../../../domain/errors.ts'
import { foldCase, foldKey, type MemberRef, type SourceGroup, type SourceUser } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import { type CrowdReader, idOf, nothingTold } from '../../kit/crowd/reader.ts'
import type { CrowdUser } from '../../kit/crowd/schemas.ts'
import { markPrefix } from '../../kit/data-center/mark.ts'
import type { DirectoryReading, LookedUp } from '../../kit/directory/reading.ts'
import { provenPages } from '../../kit/paging.ts'
import { forEachOf } from '../../kit/waiting.ts'
import type { CrowdSourceConfig } from './config.ts'
import { asGroup, asUser } from './translate.ts'

const nameOf = ({ name }: { readonly name: string }) => name
/** Where a Muster writes to the same Crowd it keeps an empty group as its mark. */
const markName = markPrefix.replace(/-$/, '').toLowerCase()

/** Reads what one application of Crowd sees; one instance serves one read. */
export class CrowdReading implements DirectoryReading {
  readonly #reader: CrowdReader
  readonly #config: CrowdSourceConfig
  /** Ids by folded name: lists of members tell names only. */
  readonly #ids = new Map<string, string>()
  readonly #switchedOff: string[] = []

  constructor(reader: CrowdReader, config: CrowdSourceConfig) {
    this.#reader = reader
    this.#config = config
  }

  async signIn(signal: AbortSignal): Promise<string> {
    await this.#reader.probe(signal)
    return `Signed in to Crowd as the application ${this.#config.application}.`
  }

  /** A list without an end mark that is empty proves nothing: it is not believed. */
  async *people(signal: AbortSignal): AsyncGenerator<Page<SourceUser>> {
    let told = 0
    for await (const { items } of provenPages('The list of people', nameOf, () => this.#reader.users(signal))) {
      told += items.length
      const whole = await this.#whole(items, this.#config.customAttributes, signal)
      yield { items: whole.map((user) => this.#seen(user)) }
    }
    if (told === 0) throw nothingTold('person')
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<SourceGroup>> {
    let told = 0
    for await (const { items } of provenPages('The list of groups', nameOf, () => this.#reader.groups(signal))) {
      told += items.length
      const own = items.filter(({ name }) => name.toLowerCase() !== markName)
      this.#switchedOff.push(...own.filter(({ active }) => active === false).map(nameOf))
      if (own.length > 0) yield { items: own.map(asGroup) }
    }
    if (told === 0) throw nothingTold('group')
  }

  async *members({ name }: SourceGroup, signal: AbortSignal): AsyncGenerator<Page<MemberRef>> {
    const people = () => this.#reader.members(name, signal)
    for await (const { items } of provenPages(`The members of ${name}`, nameOf, people)) {
      const unknown = items.filter((user) => !this.#ids.has(foldCase(user.name)))
      for (const user of await this.#whole(unknown, false, signal)) this.#seen(user)
      yield {
        items: items.map(
          (user): MemberRef => ({ kind: 'user', key: this.#ids.get(foldCase(user.name)) ?? idOf(user) }),
        ),
      }
    }
    const inside = () => this.#reader.childGroups(name, signal)
    for await (const { items } of provenPages(`The groups in ${name}`, nameOf, inside)) {
      yield { items: items.map((group): MemberRef => ({ kind: 'group', key: foldCase(group.name) })) }
    }
  }

  async lookUp(login: string, signal: AbortSignal): Promise<readonly LookedUp[]> {
    const named = await this.#reader.user({ username: login }, signal)
    const keyed = await this.#reader.user({ key: login }, signal)
    const addressed = (await this.#reader.usersByEmail(login, signal)).filter(
      ({ email }) => foldKey(email ?? '') === foldKey(login),
    )
    const found = new Map<string, LookedUp>()
    for (const user of [named, keyed, ...(await this.#whole(addressed, true, signal))]) {
      if (user !== undefined) found.set(idOf(user), { user: asUser(user), name: user.name })
    }
    return [...found.values()]
  }

  async isTold(kind: 'user' | 'group', key: string, signal: AbortSignal): Promise<boolean> {
    if (kind === 'group') return (await this.#reader.group(key, signal)) !== undefined
    const byKey = await this.#reader.user({ key }, signal)
    if (byKey !== undefined) return idOf(byKey) === key
    const byName = await this.#reader.user({ username: key }, signal)
    return byName !== undefined && idOf(byName) === key
  }

  notices(): readonly string[] {
    if (this.#switchedOff.length === 0) return []
    return [`Switched off in Crowd and read all the same: ${this.#switchedOff.slice(0, 5).join(', ')}.`]
  }

  close(): void {
    this.#reader.server.close()
  }

  #seen(user: CrowdUser): SourceUser {
    this.#ids.set(foldCase(user.name), idOf(user))
    return asUser(user)
  }

  /**
   * Lists may tell no key, and tell no attributes: then people are looked at one by one. Who is not there any more was removed
   * since, and is left out; where only a name is known it may be another one by now, and nobody is made up from it.
   */
  async #whole(users: readonly CrowdUser[], isForAll: boolean, signal: AbortSignal): Promise<readonly CrowdUser[]> {
    const whole = await forEachOf(users, this.#config.requestsAtOnce, async (user) => {
      if (user.key && !isForAll) return user
      const found = await this.#reader.user(user.key ? { key: user.key } : { username: user.name }, signal)
      if (found !== undefined || user.key) return found
      throw fail.incompleteRead(`${user.name} was listed by Crowd and is not there by this name.`, {
        hint: 'Somebody was renamed or removed while we read. Read again.',
      })
    })
    return whole.filter((user) => user !== undefined)
  }
}
