import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { foldCase, foldKey } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow } from '../../../ports/target.ts'
import { idOf, nothingTold } from '../../kit/crowd/reader.ts'
import type { CrowdUser } from '../../kit/crowd/schemas.ts'
import { provenPages } from '../../kit/paging.ts'
import { forEachOf } from '../../kit/waiting.ts'
import type { Client } from './client.ts'
import type { CrowdConfig } from './config.ts'
import { isMark } from './mark.ts'
import { accountOf, groupOf } from './translate.ts'

const nameOf = ({ name }: { readonly name: string }) => name

/** Everything that is asked and nothing that is changed. */
export class Reads {
  readonly #client: Client
  readonly #config: CrowdConfig
  readonly #adminNames: ReadonlySet<string>
  /** User names by id, as last seen: all calls but one want the name. */
  readonly #names = new Map<string, string>()
  /** Ids by folded name, for lists that tell names only. */
  readonly #ids = new Map<string, string>()

  constructor(client: Client, config: CrowdConfig) {
    this.#client = client
    this.#config = config
    this.#adminNames = new Set(config.adminGroups.map(foldCase))
  }

  /** A list without an end mark that is empty proves nothing: it is not believed. */
  async *users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    let told = 0
    for await (const { items } of provenPages('The list of accounts', nameOf, () => this.#client.users(signal))) {
      told += items.length
      yield { items: (await this.#whole(items, signal)).map((user) => this.#seen(user)) }
    }
    if (told === 0) throw nothingTold('account')
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<TargetGroup>> {
    let told = 0
    for await (const { items } of provenPages('The list of groups', nameOf, () => this.#client.groups(signal))) {
      const groups = items.filter(({ name }) => !isMark(name)).map((group) => groupOf(group, this.#adminNames))
      told += items.length
      if (groups.length > 0) yield { items: groups }
    }
    if (told === 0) throw nothingTold('group')
  }

  async *members(group: TargetGroup, signal: AbortSignal): AsyncGenerator<Page<string>> {
    const sweep = () => this.#client.members(group.name, signal)
    for await (const { items } of provenPages(`The members of ${group.name}`, nameOf, sweep)) {
      const unknown = items.filter((user) => !user.key && !this.#ids.has(foldCase(user.name)))
      for (const user of await this.#whole(unknown, signal)) this.#seen(user)
      yield { items: items.map((user) => this.#ids.get(foldCase(user.name)) ?? idOf(user)) }
    }
  }

  async accountsNow(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, AccountNow>> {
    const found = new Map<string, AccountNow>()
    await forEachOf([...new Set(ids)], this.#config.requestsAtOnce, async (id) => {
      const user = await this.userNow(id, signal)
      if (user === undefined) return
      const names = await this.#client.groupsOf(user.name, signal)
      if (names !== undefined) found.set(id, { account: accountOf(user), groupIds: new Set(names) })
    })
    return found
  }

  /**
   * The account as Crowd tells it right now. Writes go by the name, so the name has to lead to this very account: of two
   * people of one name in two directories Crowd changes the one of the first. Whom the name does not lead to is not there.
   */
  async userNow(id: string, signal: AbortSignal): Promise<CrowdUser | undefined> {
    const name = this.#names.get(id)
    const known = name === undefined ? undefined : await this.#led(name, id, signal)
    if (known !== undefined) return known
    const byKey = await this.#client.user({ key: id }, signal)
    // Without keys the id is the name.
    return this.#led(byKey?.name ?? id, id, signal)
  }

  async #led(name: string, id: string, signal: AbortSignal): Promise<CrowdUser | undefined> {
    const user = await this.#client.user({ username: name }, signal)
    if (user === undefined || idOf(user) !== id) return undefined
    this.#seen(user)
    return user
  }

  /** Several people may share an address: somebody active comes before the others. */
  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    const found = new Map<string, TargetAccount>()
    await forEachOf([...new Set(emails.map(foldKey))], this.#config.requestsAtOnce, async (email) => {
      const hits = await this.#client.usersByEmail(email, signal)
      const same = hits.filter((user) => foldKey(user.email ?? '') === email)
      const user = same.find(({ active }) => active !== false) ?? same[0]
      if (user !== undefined) {
        for (const whole of await this.#whole([user], signal)) found.set(email, this.#seen(whole))
      }
    })
    return found
  }

  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    const found = new Map<string, TargetGroup>()
    await forEachOf([...new Set(names)], this.#config.requestsAtOnce, async (name) => {
      const group = await this.#client.group(name, signal)
      if (group !== undefined) found.set(foldKey(name), groupOf(group, this.#adminNames))
    })
    return found
  }

  /** Undefined = there is no such account. */
  async nameOf(id: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#names.get(id) ?? (await this.userNow(id, signal))?.name
  }

  /** The account was made: its name need not be asked for. */
  noteMade(user: CrowdUser): string {
    this.#seen(user)
    return idOf(user)
  }

  /** The account was renamed: its name is asked for before it is used again. */
  forgetName(id: string): void {
    this.#names.delete(id)
  }

  #seen(user: CrowdUser): TargetAccount {
    this.#names.set(idOf(user), user.name)
    this.#ids.set(foldCase(user.name), idOf(user))
    return accountOf(user)
  }

  /** Lists may tell less of a user than a look at one does; without a key everybody is looked at. */
  #whole(users: readonly CrowdUser[], signal: AbortSignal): Promise<readonly CrowdUser[]> {
    return forEachOf(users, this.#config.requestsAtOnce, async (user) =>
      user.key ? user : ((await this.#client.user({ username: user.name }, signal)) ?? user),
    )
  }
}
