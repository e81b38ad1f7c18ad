import type { AccessRole, Product } from '../../src/domain/access.ts'
import { isSameAccess } from '../../src/domain/access.ts'
import type { AccountState, FenceMark, TargetAccount, TargetGroup } from '../../src/domain/account.ts'
import type { WriteKind } from '../../src/domain/change.ts'
import { fail, type ProvisioningError } from '../../src/domain/errors.ts'
import { type Attributes, foldKey } from '../../src/domain/identity.ts'
import { type LedThing, ledKey } from '../../src/domain/lead.ts'
import type { AccountNow, Applied, Operation, Order, Target } from '../../src/ports/target.ts'

/** One account of the directory. */
export interface Somebody {
  email: string
  state: AccountState
  groups: Set<string>
  access: AccessRole[]
  custom: Record<string, Attributes[string]>
  toBeDeleted?: boolean
}

/** What a directory holds and can do; tests fill it and look at it afterwards. */
export interface Directory {
  readonly people: Map<string, Somebody>
  readonly groups: Map<string, { name: string; grants: AccessRole[] }>
  readonly products: Product[]
  readonly leads: Map<string, LedThing & { lead: string | null }>
  mark: FenceMark | undefined
  /** Every call of `apply`, in order. */
  readonly sent: { readonly kind: WriteKind; readonly orders: readonly Order[] }[]
  /** Reads by name, in order. */
  readonly reads: string[]
  /** Asked before each order is carried out; an error is its answer, `lost` = carried out and the answer never comes. */
  trouble?: (order: Order) => ProvisioningError | 'lost' | 'unanswered' | undefined
  readonly carries?: Operation['carries']
  readonly batchSizes?: Readonly<Partial<Record<WriteKind, number>>>
  /** Writes that reads do not show. */
  invisible?: (order: Order) => boolean
}

export function directory(part: Partial<Directory> = {}): Directory {
  return {
    people: new Map(),
    groups: new Map(),
    products: [],
    leads: new Map(),
    mark: undefined,
    sent: [],
    reads: [],
    ...part,
  }
}

function somebody(part: Partial<Somebody> = {}): Somebody {
  return { email: 'a@x.test', state: 'active', groups: new Set(), access: [], custom: {}, ...part }
}

/**
 * A target over a directory in memory that behaves as the contract of `ports/target.ts` says: it answers every order,
 * lets default groups follow access, and carries memberships and roles with a creation where it is told to.
 */
export function directoryTarget(held: Directory): Target {
  const page = async function* <Item>(name: string, items: readonly Item[]) {
    held.reads.push(name)
    yield { items }
  }
  const accountOf = (id: string, { email, state, groups, toBeDeleted }: Somebody): TargetAccount => ({
    id,
    kind: 'person',
    state,
    email,
    memberOf: [...groups],
    ...(toBeDeleted === true ? { toBeDeleted } : {}),
  })
  const groupOf = (id: string): TargetGroup => {
    const { name, grants } = held.groups.get(id)!
    return { id, name, grantsAdmin: false, grantsAccess: grants }
  }
  const operations: Partial<Record<WriteKind, Operation>> = {}
  const kinds = Object.keys(acts) as WriteKind[]
  for (const kind of kinds) {
    operations[kind] = {
      batchSize: held.batchSizes?.[kind] ?? 1,
      ...(kind === 'account.create' && held.carries !== undefined ? { carries: held.carries } : {}),
      apply: async (orders) => {
        held.sent.push({ kind, orders })
        return orders.flatMap((order) => carryOut(held, order))
      },
    }
  }
  return {
    identify: async () => ({ directoryKey: 'dir', title: 'Directory', notOffered: {} }),
    async *check() {},
    membershipsComeWith: 'users',
    defaultMatch: ['link', 'email'],
    writableAttributes: [{ name: 'email', required: true, when: 'create', seen: 'profile' }],
    customAttributes: { seen: 'nowhere', bytesAtMost: 32_768 },
    groupNameLimit: 255,
    users: () =>
      page(
        'users',
        Array.from(held.people, ([id, person]) => accountOf(id, person)),
      ),
    groups: () => page('groups', [...held.groups.keys()].map(groupOf)),
    members: () => page('members', []),
    accountsNow: async (ids) => {
      held.reads.push(`accountsNow ${ids.length}`)
      const found = new Map<string, AccountNow>()
      for (const id of ids) {
        const person = held.people.get(id)
        if (person === undefined) continue
        found.set(id, {
          account: { ...accountOf(id, person), access: person.access, custom: person.custom },
          groupIds: person.groups,
          groupAccess: [...person.groups].flatMap((group) => held.groups.get(group)?.grants ?? []),
        })
      }
      return found
    },
    accountsByEmail: async (emails) => {
      const wanted = new Set(emails.map(foldKey))
      const found = [...held.people].filter(([, { email }]) => wanted.has(foldKey(email)))
      return new Map(found.map(([id, person]) => [foldKey(person.email), accountOf(id, person)]))
    },
    groupsByName: async (names) => {
      const wanted = new Set(names.map(foldKey))
      const found = [...held.groups].filter(([, { name }]) => wanted.has(foldKey(name)))
      return new Map(found.map(([id, { name }]) => [foldKey(name), groupOf(id)]))
    },
    products: async () => held.products,
    leadsOf: async (accountIds, kinds) => {
      held.reads.push(`leadsOf ${accountIds.length} ${kinds.join('+')}`)
      const mine = [...held.leads.values()].filter(
        ({ kind, lead }) => lead !== null && kinds.includes(kind) && accountIds.includes(lead),
      )
      return Map.groupBy(mine, ({ lead }) => lead!)
    },
    leadsNow: async (things) =>
      new Map(
        things.flatMap((thing) => {
          const known = held.leads.get(ledKey(thing))
          return known === undefined ? [] : [[ledKey(thing), known.lead]]
        }),
      ),
    fence: {
      read: async () => held.mark,
      claim: async (mark) => {
        held.mark = mark
      },
    },
    operations,
    settleMs: 1_000,
    concurrency: 2,
    calls: () =>
      Object.fromEntries(
        Map.groupBy(held.sent, ({ kind }) => kind)
          .entries()
          .map(([kind, list]) => [kind, list.length]),
      ),
    close: async () => {},
  }
}

function carryOut(held: Directory, order: Order): Applied[] {
  const trouble = held.trouble?.(order)
  if (trouble !== undefined && typeof trouble === 'object')
    return [{ seq: order.seq, outcome: 'failed', error: trouble }]
  const hidden = held.invisible?.(order) === true
  const createdId = hidden ? undefined : acts[order.kind]?.(held, order)
  if (trouble === 'lost') {
    const error = fail.unreachable('No answer.', { mayHaveApplied: true })
    return [{ seq: order.seq, outcome: 'failed', error }]
  }
  const carried = (order.carried ?? []).flatMap((rider) => {
    const riding = held.trouble?.(rider)
    if (riding === 'unanswered') return []
    return carryOut(held, { ...rider, ...(createdId === undefined ? {} : { accountId: createdId }) })
  })
  return [{ seq: order.seq, outcome: 'applied', ...(createdId === undefined ? {} : { createdId }) }, ...carried]
}

type Act = (held: Directory, order: Order) => string | undefined

function person(held: Directory, { accountId = '' }: Order): Somebody {
  const found = held.people.get(accountId)
  if (found === undefined) throw fail.gone(`There is no account ${accountId}.`)
  return found
}

const setState =
  (state: AccountState): Act =>
  (held, order) => {
    person(held, order).state = state
    return undefined
  }

const acts: Readonly<Partial<Record<WriteKind, Act>>> = {
  'account.create': (held, { after }) => {
    const email = String(after?.email)
    const id = `A-${email.slice(0, email.indexOf('@'))}`
    held.people.set(id, somebody({ email }))
    return id
  },
  'group.create': (held, { after }) => {
    const id = `G-${String(after?.name)}`
    held.groups.set(id, { name: String(after?.name), grants: [] })
    return id
  },
  'account.deactivate': setState('suspended'),
  'account.activate': setState('active'),
  'account.disable': setState('disabled'),
  'account.enable': setState('active'),
  'account.delete': (held, order) => {
    person(held, order).toBeDeleted = true
    return undefined
  },
  'account.update': () => undefined,
  'custom.update': (held, order) => {
    const kept = Object.entries(order.after ?? {}).filter(([, value]) => value !== null)
    person(held, order).custom = Object.fromEntries(kept)
    return undefined
  },
  'membership.add': (held, order) => {
    person(held, order).groups.add(order.groupId!)
    return undefined
  },
  'membership.remove': (held, order) => {
    person(held, order).groups.delete(order.groupId!)
    return undefined
  },
  'access.grant': (held, order) => {
    const access = order.access!
    if (order.accountId === undefined) held.groups.get(order.groupId!)!.grants.push(access)
    else {
      const somebodys = person(held, order)
      somebodys.access.push(access)
      const product = held.products.find(({ id }) => id === access.product)
      for (const groupId of product?.defaultGroupIds ?? []) somebodys.groups.add(groupId)
    }
    return undefined
  },
  'access.revoke': (held, order) => {
    const holder = order.accountId === undefined ? held.groups.get(order.groupId!)! : person(held, order)
    const list = 'grants' in holder ? holder.grants : holder.access
    const at = list.findIndex((each) => isSameAccess(each, order.access!))
    if (at >= 0) list.splice(at, 1)
    return undefined
  },
  'lead.handover': (held, { lead }) => {
    held.leads.get(ledKey(lead!))!.lead = lead!.to.id
    return undefined
  },
}
