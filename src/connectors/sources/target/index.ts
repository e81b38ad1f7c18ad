import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import type { Source } from '../../../ports/source.ts'
import type { Target } from '../../../ports/target.ts'
import { attempt, bad, ok } from '../../kit/check-steps.ts'
import { counted } from '../../kit/counted.ts'
import { firstOf, fullName } from '../../kit/default-rule.ts'
import { defineSource } from '../../kit/define.ts'
import { config } from './config.ts'
import { asGroup, asUser, isPerson } from './translate.ts'

export const target = defineSource({
  type: 'target',
  title: 'Site that is a target here',
  summary:
    'Reads the people and groups of a target of this installation, to fill the built-in directory or another site.',
  config,
  reads: ({ target: key }) => key,
  connect: ({ target: key }, context) => new SiteSource(key, context),
})

/** The doctor reads the members of so many groups: on some sites each costs a call. */
const groupsTried = 5
/** Members of a page, of what is in memory already. */
const membersAtOnce = 1_000

class SiteSource implements Source {
  /** However the target tells memberships: what came with people or groups is kept until it is asked for. */
  readonly membershipsComeWith = 'calls'
  readonly defaultMapping: Source['defaultMapping'] = {
    email: firstOf(['email']),
    userName: firstOf(['userName']),
    displayName: fullName(['displayName'], ['givenName'], ['familyName']),
  }
  readonly #key: string
  readonly #context: ConnectorContext
  #opening: Promise<Target> | undefined
  #directoryKey: string | undefined
  /** Accounts that are no people: members of groups that nobody misses. */
  readonly #leftOut = new Set<string>()
  readonly #membersOf = new Map<string, string[]>()
  /** Groups told, and people who work there and whose groups the site did not tell, where it tells them with people. */
  readonly #groups = new Set<string>()
  #withoutGroups = 0

  constructor(key: string, context: ConnectorContext) {
    this.#key = key
    this.#context = context
  }

  /** Another site behind the same settings is another read, in which nobody's absence means anything (D23). */
  get readFingerprint(): string {
    return this.#directoryKey === undefined ? `target:${this.#key}` : `target:${this.#key} ${this.#directoryKey}`
  }

  directoryKey(): string | undefined {
    return this.#directoryKey
  }

  async *check(signal: AbortSignal): AsyncIterable<CheckStep> {
    const opened = await attempt(async () => (await this.#target(signal)).identify(signal))
    if ('error' in opened) {
      yield bad('sign-in', opened.error)
      return
    }
    yield ok('sign-in', `The target "${this.#key}" is ${opened.value.title}.`)
    const people = await attempt(() => this.#count(this.users(signal)))
    yield 'error' in people ? bad('read-users', people.error) : ok('read-users', peopleInWords(people.value))
    if ('error' in people) return
    const left = this.#leftOut.size
    if (left > 0)
      yield ok('left-out', `${counted(left, 'account')} of apps and customers ${left === 1 ? 'is' : 'are'} left out.`)
    const groups = await attempt(() => everyItem(this.groups(signal)))
    if ('error' in groups) {
      yield bad('read-groups', groups.error)
      return
    }
    yield ok('read-groups', `${counted(groups.value.length, 'group')}.`)
    const some = groups.value.slice(0, groupsTried)
    const members = await attempt(async () => {
      let count = 0
      for (const group of some) count += (await everyItem(this.members(group, signal))).length
      return count
    })
    if ('error' in members) yield bad('read-members', members.error)
    else
      yield ok(
        'read-members',
        `${counted(members.value, 'member')} in ${counted(some.length, 'group')} that were tried.`,
      )
  }

  async *users(signal: AbortSignal): AsyncIterable<Page<SourceUser>> {
    const site = await this.#target(signal)
    for await (const { items } of site.users(signal)) {
      for (const account of items) {
        if (!isPerson(account)) this.#leftOut.add(account.id)
        else if (site.membershipsComeWith === 'users' && account.state === 'active' && account.memberOf === undefined)
          this.#withoutGroups += 1
        for (const group of account.memberOf ?? []) this.#keep(group, account.id)
      }
      yield { items: items.filter(isPerson).map(asUser) }
    }
  }

  async *groups(signal: AbortSignal): AsyncIterable<Page<SourceGroup>> {
    const site = await this.#target(signal)
    for await (const { items } of site.groups(signal)) {
      for (const { id, members } of items) {
        this.#groups.add(id)
        for (const member of members ?? []) this.#keep(id, member)
      }
      if (site.membershipsComeWith === 'groups') this.#refuseUntold(items)
      yield { items: items.map(asGroup) }
    }
  }

  async *members(group: SourceGroup, signal: AbortSignal): AsyncIterable<Page<MemberRef>> {
    const site = await this.#target(signal)
    if (site.membershipsComeWith !== 'calls') {
      const all = this.#people(this.#membersOf.get(group.key) ?? [])
      for (let at = 0; at < all.length; at += membersAtOnce) yield { items: all.slice(at, at + membersAtOnce) }
      return
    }
    const { key: id, name } = group
    for await (const { items } of site.members({ id, name, grantsAdmin: false }, signal)) {
      yield { items: this.#people(items) }
    }
  }

  /** Who is not told to be in a group may be in any: no group counts as whole then. */
  incompleteMembers(): ReadonlyMap<string, ProvisioningError> {
    if (this.#withoutGroups === 0) return new Map()
    const who = counted(this.#withoutGroups, 'active person', 'active people')
    const error = fail.incompleteRead(`The target "${this.#key}" did not tell the groups of ${who}.`, {
      hint: 'Nobody is taken out of a group because of it. Read again.',
    })
    return new Map([...this.#groups].map((group) => [group, error]))
  }

  notices(): readonly string[] {
    return []
  }

  async close(): Promise<void> {
    await this.#opening?.then(
      (site) => site.close(),
      () => undefined,
    )
  }

  /** Opened and asked who it is once. A failure is not kept: whoever asks next tries again. */
  #target(signal: AbortSignal): Promise<Target> {
    this.#opening ??= this.#open(signal).catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #open(signal: AbortSignal): Promise<Target> {
    if (this.#context.openTarget === undefined) throw fail.bug('Targets cannot be opened here.')
    const site = await this.#context.openTarget(this.#key)
    try {
      this.#directoryKey = (await site.identify(signal)).directoryKey
      return site
    } catch (error) {
      await site.close()
      throw error
    }
  }

  #keep(groupKey: string, accountId: string): void {
    const members = this.#membersOf.get(groupKey)
    if (members === undefined) this.#membersOf.set(groupKey, [accountId])
    else members.push(accountId)
  }

  #people(ids: readonly string[]): readonly MemberRef[] {
    return ids.filter((id) => !this.#leftOut.has(id)).map((key) => ({ kind: 'user', key }))
  }

  /** A group without its list of members is not an empty one. */
  #refuseUntold(groups: readonly { readonly name: string; readonly members?: readonly string[] }[]): void {
    const untold = groups.find(({ members }) => members === undefined)
    if (untold === undefined) return
    throw fail.incompleteRead(`The target "${this.#key}" did not tell the members of the group "${untold.name}".`)
  }

  async #count(pages: AsyncIterable<Page<SourceUser>>): Promise<Counts> {
    const counts = { all: 0, inactive: 0, withoutAddress: 0 }
    for await (const { items } of pages) {
      counts.all += items.length
      counts.inactive += items.filter(({ active }) => !active).length
      counts.withoutAddress += items.filter(({ attributes }) => attributes.email === undefined).length
    }
    return counts
  }
}

interface Counts {
  readonly all: number
  readonly inactive: number
  readonly withoutAddress: number
}

function peopleInWords({ all, inactive, withoutAddress }: Counts): string {
  const hidden =
    withoutAddress === 0
      ? ''
      : ` ${withoutAddress} of them show no address: it stays unknown, and nobody is found elsewhere by it.`
  return `${counted(all, 'person', 'people')}, ${inactive} inactive.${hidden}`
}

async function everyItem<Item>(pages: AsyncIterable<Page<Item>>): Promise<readonly Item[]> {
  const all: Item[] = []
  for await (const { items } of pages) all.push(...items)
  return all
}
