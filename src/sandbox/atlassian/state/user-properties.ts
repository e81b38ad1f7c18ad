import type { Account, Site } from '../model.ts'
import type { EffectCounts } from './effects.ts'
import type { Visibility } from './visibility.ts'

/** A value as the JSON text it was sent as; undefined = there is none (any more). */
interface Entry {
  text: string | undefined
}

/** Entity properties of users: each site keeps its own. */
export class UserProperties {
  /** Site -> key -> account id -> entry. */
  readonly #entries = new Map<Site, Map<string, Map<string, Entry>>>()
  readonly #visibility: Visibility
  readonly #effects: EffectCounts

  constructor(parts: { visibility: Visibility; effects: EffectCounts }) {
    this.#visibility = parts.visibility
    this.#effects = parts.effects
  }

  /** Keys of an account as reads show them, in order. */
  keysOf(site: Site, account: Account): string[] {
    return [...(this.#entries.get(site) ?? [])]
      .filter(([, accounts]) => this.#shown(accounts.get(account.accountId)) !== undefined)
      .map(([key]) => key)
      .sort()
  }

  /** The value as reads show it. */
  get(site: Site, account: Account, key: string): string | undefined {
    return this.#shown(this.#entries.get(site)?.get(key)?.get(account.accountId))
  }

  /** Everybody who has a value under the key, with it, as reads show it. */
  *withKey(site: Site, key: string): Generator<readonly [accountId: string, text: string]> {
    for (const [accountId, entry] of this.#entries.get(site)?.get(key) ?? []) {
      const text = this.#shown(entry)
      if (text !== undefined) yield [accountId, text]
    }
  }

  /** What is really there: site, account id, key, value. */
  *all(): Generator<readonly [site: Site, accountId: string, key: string, text: string]> {
    for (const [site, keys] of this.#entries) {
      for (const [key, accounts] of keys) {
        for (const [accountId, { text }] of accounts) if (text !== undefined) yield [site, accountId, key, text]
      }
    }
  }

  /** True = there was none before. */
  set(site: Site, account: Account, key: string, text: string): boolean {
    const entry = this.#entry(site, account, key)
    const isNew = entry.text === undefined
    this.#visibility.changes(entry, 'properties', ['text'])
    entry.text = text
    this.#effects.count('propertiesSet')
    return isNew
  }

  /** False = there was none. */
  delete(site: Site, account: Account, key: string): boolean {
    const entry = this.#entries.get(site)?.get(key)?.get(account.accountId)
    if (entry?.text === undefined) return false
    this.#visibility.changes(entry, 'properties', ['text'])
    entry.text = undefined
    this.#effects.count('propertiesDeleted')
    return true
  }

  #shown(entry: Entry | undefined): string | undefined {
    return entry === undefined ? undefined : this.#visibility.shown(entry).text
  }

  #entry(site: Site, account: Account, key: string): Entry {
    const accounts = inner(inner(this.#entries, site, newMap<string, Map<string, Entry>>), key, newMap<string, Entry>)
    return inner(accounts, account.accountId, (): Entry => ({ text: undefined }))
  }
}

function newMap<Key, Value>(): Map<Key, Value> {
  return new Map()
}

function inner<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
