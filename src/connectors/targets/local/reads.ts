import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import { type LocalList, mailKey } from '../../../domain/local.ts'
import type { LocalDirectory } from '../../../ports/local-directory.ts'
import type { PageRequest, Slice } from '../../../ports/paging.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow } from '../../../ports/target.ts'
import { pieces } from '../../kit/waiting.ts'
import type { Directory } from './directory.ts'
import { accountOf, groupOf } from './translate.ts'

const pageSize = 500
/** The list may grow or shrink while it is read: then it is read again. */
const sweeps = 3

/** Everything that is asked and nothing that is changed. */
export class Reads {
  readonly #directory: Directory

  constructor(directory: Directory) {
    this.#directory = directory
  }

  users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    return this.#counted('people', (store, key, page) => store.people(key, page), keyOf, accountOf, signal)
  }

  groups(signal: AbortSignal): AsyncGenerator<Page<TargetGroup>> {
    return this.#counted('groups', (store, key, page) => store.groups(key, page), keyOf, groupOf, signal)
  }

  /** People who are direct members; groups inside the group are no accounts. */
  async *members({ id }: Pick<TargetGroup, 'id'>, signal: AbortSignal): AsyncGenerator<Page<string>> {
    const list = { membersOf: id }
    const whole = this.#counted(
      list,
      (store, key, page) => store.members(key, id, page),
      ({ kind, key }) => `${kind}:${key}`,
      (member) => member,
      signal,
    )
    for await (const { items } of whole)
      yield { items: items.flatMap(({ kind, key }) => (kind === 'user' ? [key] : [])) }
  }

  async accountsNow(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, AccountNow>> {
    const found = new Map<string, AccountNow>()
    for (const keys of pieces([...new Set(ids)], pageSize)) {
      const people = await this.#ask('person.find', signal, (store, key) => store.findPeople(key, { keys }))
      const groups = await this.#ask('person.groups', signal, (store, key) => store.groupsOf(key, keys))
      for (const person of people) {
        found.set(person.key, { account: accountOf(person), groupIds: new Set(groups.get(person.key)) })
      }
    }
    return found
  }

  /** Several people may share an address: somebody active comes before the others. */
  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    const found = new Map<string, TargetAccount>()
    for (const mails of pieces([...new Set(emails)], pageSize)) {
      const people = await this.#ask('person.find', signal, (store, key) => store.findPeople(key, { mails }))
      for (const person of people.toSorted((a, b) => Number(a.active) - Number(b.active))) {
        const mail = mailKey(person)
        if (mail !== undefined) found.set(mail, accountOf(person))
      }
    }
    return found
  }

  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    const found = new Map<string, TargetGroup>()
    for (const some of pieces([...new Set(names)], pageSize)) {
      const groups = await this.#ask('group.find', signal, (store, key) => store.findGroups(key, { names: some }))
      for (const group of groups) found.set(foldKey(group.name), groupOf(group))
    }
    return found
  }

  /**
   * A list to its end, which is where as many entries were told as the directory counts. Whatever grows or shrinks meanwhile is
   * read again. Throws `incomplete-read` when the two never agree.
   */
  async *#counted<From, To>(
    list: LocalList,
    read: (store: LocalDirectory, key: string, page: PageRequest) => Promise<Slice<From>>,
    idOf: (item: From) => string,
    translate: (item: From) => To,
    signal: AbortSignal,
  ): AsyncGenerator<Page<To>> {
    const told = new Set<string>()
    const name = typeof list === 'string' ? list : 'members'
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      const seen = new Set<string>()
      let cursor: string | undefined
      do {
        const page = { limit: pageSize, cursor }
        const slice: Slice<From> = await this.#ask(`${name}.list`, signal, (store, key) => read(store, key, page))
        const fresh = slice.items.filter((item) => !told.has(idOf(item)))
        for (const item of slice.items) {
          seen.add(idOf(item))
          told.add(idOf(item))
        }
        if (fresh.length > 0) yield { items: fresh.map(translate) }
        cursor = slice.next === cursor ? undefined : slice.next
      } while (cursor !== undefined)
      // Whoever was told and is gone by now would be told too many.
      const count = await this.#ask(`${name}.count`, signal, (store, key) => store.count(key, list))
      if (seen.size === count && told.size === count) return
    }
    throw fail.incompleteRead(
      `The list of ${name} of the built-in directory "${this.#directory.key}" has not as many entries as the directory counts.`,
      { hint: 'Somebody changed it while it was read. Run again.' },
    )
  }

  #ask<Answer>(
    name: string,
    signal: AbortSignal,
    work: (store: LocalDirectory, key: string) => Promise<Answer>,
  ): Promise<Answer> {
    return this.#directory.ask(`local.${name}`, signal, work)
  }
}

const keyOf = ({ key }: { readonly key: string }) => key
