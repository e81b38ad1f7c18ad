import type { Clock } from '../../../platform/clock.ts'
import { SortedList } from '../../server/sorted-list.ts'
import { type Account, type AccountType, fold, type Roles } from '../model.ts'
import type { EffectCounts } from './effects.ts'
import type { IdMaker } from './ids.ts'
import type { Seats } from './seats.ts'
import type { Visibility } from './visibility.ts'

export interface NewAccount {
  readonly email: string
  readonly name?: string
  readonly accountType?: AccountType
  readonly accountId?: string
  readonly emailHidden?: boolean
  readonly timeZone?: string
  readonly jobTitle?: string
  readonly department?: string
  readonly location?: string
}

/** What most accounts have; shared, since a hundred thousand empty maps are not small. */
const noRoles: Roles = new Map()
const none: readonly never[] = []

/** Every Atlassian account there is, by id, address and name. */
export class Accounts {
  readonly #list = new SortedList<Account>((account) => account.accountId)
  readonly byEmailOrder = new SortedList<Account>((account) => `${fold(account.email)}\n${account.accountId}`)
  readonly byNameOrder = new SortedList<Account>((account) => `${fold(account.name)}\n${account.accountId}`)
  readonly #byId = new Map<string, Account>()
  readonly #byEmail = new Map<string, Account>()
  readonly #makeId: IdMaker
  readonly #clock: Clock
  readonly #seats: Seats
  readonly #visibility: Visibility
  readonly #effects: EffectCounts

  constructor(parts: { makeId: IdMaker; clock: Clock; seats: Seats; visibility: Visibility; effects: EffectCounts }) {
    this.#makeId = parts.makeId
    this.#clock = parts.clock
    this.#seats = parts.seats
    this.#visibility = parts.visibility
    this.#effects = parts.effects
  }

  /** All, in order of ids; for reading only. */
  get items(): readonly Account[] {
    return this.#list.items
  }

  /** Index of the first account whose id is not below `accountId`. */
  firstAtLeast(accountId: string): number {
    return this.#list.firstAtLeast(accountId)
  }

  get(accountId: string): Account | undefined {
    return this.#byId.get(accountId)
  }

  byEmail(email: string): Account | undefined {
    return this.#byEmail.get(fold(email))
  }

  /** Makes an account that is in no directory yet. */
  create(facts: NewAccount): Account {
    const account = this.#make(facts)
    this.#list.add(account)
    this.byEmailOrder.add(account)
    this.byNameOrder.add(account)
    this.#effects.count('accountsCreated')
    return account
  }

  /** Makes many accounts at once, visible from the start and not counted as effects. */
  load(facts: readonly NewAccount[]): Account[] {
    const made = facts.map((each) => this.#make(each))
    for (const account of made) account.visibleAt = Number.NEGATIVE_INFINITY
    this.#list.addAll(made)
    this.byEmailOrder.addAll(made)
    this.byNameOrder.addAll(made)
    return made
  }

  setStatus(account: Account, status: Account['accountStatus']): void {
    this.#visibility.changes(account, 'statuses', statusProperties)
    this.#seats.keeping(account, () => {
      account.accountStatus = status
    })
    if (status === 'active') delete account.deactivatedAt
    else account.deactivatedAt = this.#clock.now()
  }

  /** When the account is to go for good; undefined = it stays. */
  setDeletion(account: Account, at: number | undefined): void {
    this.#visibility.changes(account, 'statuses', statusProperties)
    account.deletionAt = at
  }

  setName(account: Account, name: string): void {
    this.#visibility.changes(account, 'profiles', profileProperties)
    this.byNameOrder.remove(account)
    account.name = name
    this.byNameOrder.add(account)
  }

  /** Everything of a profile but name and address; an empty text takes a part away that may be absent. */
  setProfile(account: Account, parts: ProfileParts): void {
    this.#visibility.changes(account, 'profiles', profileProperties)
    const { nickname, timeZone, locale, ...optional } = parts
    if (nickname !== undefined) account.nickname = nickname
    if (timeZone !== undefined) account.timeZone = timeZone
    if (locale !== undefined) account.locale = locale
    for (const name of ['jobTitle', 'department', 'organization', 'location'] as const) {
      const value = optional[name]
      if (value === '') delete account[name]
      else if (value !== undefined) account[name] = value
    }
  }

  /** What is left of an account that was deleted: an id nobody can sign in with. Its address may be used again. */
  close(account: Account): void {
    this.#byEmail.delete(fold(account.email))
    this.byEmailOrder.remove(account)
    this.setName(account, 'Former user')
    account.email = ''
    account.emailVerified = false
    this.setProfile(account, { nickname: 'Former user', jobTitle: '', department: '', organization: '', location: '' })
    this.setStatus(account, 'closed')
    account.deletionAt = undefined
    this.byEmailOrder.add(account)
  }

  setEmail(account: Account, email: string): void {
    const other = this.byEmail(email)
    if (other !== undefined && other !== account) throw new Error(`${email} belongs to another account`)
    this.#visibility.changes(account, 'profiles', profileProperties)
    this.#byEmail.delete(fold(account.email))
    this.byEmailOrder.remove(account)
    account.email = email
    this.#byEmail.set(fold(email), account)
    this.byEmailOrder.add(account)
  }

  #make(facts: NewAccount): Account {
    if (this.byEmail(facts.email) !== undefined) throw new Error(`An account of ${facts.email} exists`)
    const name = facts.name ?? facts.email.slice(0, facts.email.indexOf('@'))
    const account: Account = {
      accountId: facts.accountId ?? `712020:${this.#makeId(`account ${fold(facts.email)}`)}`,
      email: facts.email,
      name,
      nickname: name.split(' ')[0] ?? name,
      accountType: facts.accountType ?? 'atlassian',
      accountStatus: 'active',
      emailHidden: facts.emailHidden ?? false,
      emailVerified: facts.name !== undefined,
      deletionAt: undefined,
      timeZone: facts.timeZone ?? 'Europe/Berlin',
      locale: 'en_US',
      directories: none,
      formerDirectories: none,
      groups: new Set(),
      roles: noRoles,
      platformRoles: noRoles,
      visibleAt: this.#visibility.visibleAt('accounts'),
    }
    if (facts.jobTitle !== undefined) account.jobTitle = facts.jobTitle
    if (facts.department !== undefined) account.department = facts.department
    if (facts.location !== undefined) account.location = facts.location
    if (this.#byId.has(account.accountId)) throw new Error(`An account ${account.accountId} exists`)
    this.#byId.set(account.accountId, account)
    this.#byEmail.set(fold(account.email), account)
    return account
  }
}

export interface ProfileParts {
  readonly nickname?: string
  readonly timeZone?: string
  readonly locale?: string
  readonly jobTitle?: string
  readonly department?: string
  readonly organization?: string
  readonly location?: string
}

/** Everything somebody's state consists of, changed and shown together. */
export const statusProperties = [
  'accountStatus',
  'deactivatedAt',
  'deletionAt',
  'directories',
  'formerDirectories',
] as const

/** Everything a profile consists of, likewise. */
const profileProperties = [
  'name',
  'nickname',
  'email',
  'timeZone',
  'locale',
  'jobTitle',
  'department',
  'organization',
  'location',
] as const
