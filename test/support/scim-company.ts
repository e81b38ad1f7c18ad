import { expect } from 'vitest'
import { scimPull } from '../../src/connectors/sources/scim-pull/index.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Target } from '../../src/ports/target.ts'
import { quickClock } from '../doubles/quick-clock.ts'
import { applyAll, contextOn } from '../doubles/scim-target.ts'

const people = 200
const groups = 20
const signal = AbortSignal.timeout(600_000)

/** Somebody as the server shows them: the parts that were written. */
type Shown = Readonly<Record<string, string | undefined>>

/**
 * 200 people and 20 groups sent to a server, read back by the target and by the source; then everything of it changed or
 * taken away in part, and read back again. Both reads must equal what was sent.
 */
export async function provisionedAndReadBack(target: Target, baseUrl: string, token: string): Promise<void> {
  const wanted = new Map<string, Shown>()
  const members = new Map<string, Set<string>>()
  const created = await applyAll(
    target,
    Array.from({ length: people }, (_, at) => ({ kind: 'account.create', sourceKey: `key ${at}`, after: person(at) })),
  )
  const ids = created.map(idOf)
  for (const [at, id] of ids.entries()) wanted.set(id, { ...person(at), state: 'active' })
  const made = await applyAll(
    target,
    Array.from({ length: groups }, (_, at) => ({ kind: 'group.create', after: { name: `Team ${at} äß "x"` } })),
  )
  const groupIds = made.map(idOf)
  const joins = ids.flatMap((accountId, at) =>
    [at, at * 7 + 3].map((each) => ({ kind: 'membership.add' as const, accountId, groupId: groupIds[each % groups]! })),
  )
  await applyAll(target, joins)
  for (const groupId of groupIds) members.set(groupId, new Set())
  for (const { groupId, accountId } of joins) members.get(groupId)?.add(accountId)
  await expectEqual(target, baseUrl, token, wanted, members)

  const [changed, left] = [ids.slice(0, 20), ids.slice(20, 40)]
  const changes = changed.map((accountId, at) => ({
    accountId,
    after: { displayName: 'Now Otherwise', department: 'Elsewhere', title: 'Head', email: `moved${at}@acme.example` },
  }))
  await applyAll(
    target,
    changes.map((each) => ({ ...each, kind: 'account.update' })),
  )
  for (const { accountId, after } of changes) wanted.set(accountId, { ...wanted.get(accountId), ...after })
  await applyAll(
    target,
    left.map((accountId) => ({ kind: 'account.deactivate', accountId })),
  )
  for (const id of left) wanted.set(id, { ...wanted.get(id), state: 'suspended' })
  const leaving = joins.filter(({ accountId }) => left.includes(accountId))
  await applyAll(
    target,
    leaving.map((each) => ({ ...each, kind: 'membership.remove' })),
  )
  for (const { groupId, accountId } of leaving) members.get(groupId)?.delete(accountId)
  await applyAll(
    target,
    left.slice(0, 10).map((accountId) => ({ kind: 'account.activate', accountId })),
  )
  for (const id of left.slice(0, 10)) wanted.set(id, { ...wanted.get(id), state: 'active' })
  await applyAll(
    target,
    left.slice(15).map((accountId) => ({ kind: 'account.delete', accountId })),
  )
  for (const id of left.slice(15)) wanted.delete(id)
  await expectEqual(target, baseUrl, token, wanted, members)
  await target.close()
}

function person(at: number) {
  return {
    userName: `p${at}@acme.example`,
    email: `p${at}@acme.example`,
    displayName: `Person ${at} Ünal-O'Neil`,
    givenName: `Person ${at}`,
    familyName: "Ünal-O'Neil",
    department: `Department ${at % 9}`,
    title: 'Driver',
  }
}

function idOf(
  answer: { readonly outcome: string; readonly createdId?: string } | { readonly outcome: 'failed' },
): string {
  return 'createdId' in answer && answer.createdId !== undefined ? answer.createdId : expect.fail(answer.outcome)
}

async function expectEqual(
  target: Target,
  baseUrl: string,
  token: string,
  wanted: ReadonlyMap<string, Shown>,
  members: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  const shown = new Map<string, Shown>()
  for await (const { items } of target.users(signal)) {
    for (const { id, state, userName, email, displayName, attributes = {} } of items) {
      const { givenName, familyName, department, title } = attributes as Shown
      shown.set(id, { state, userName, email, displayName, givenName, familyName, department, title })
    }
  }
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(wanted))
  const source = scimPull.connect(
    scimPull.config.parse({ baseUrl, token: new Secret(token) }),
    contextOn(quickClock(), []),
  )
  const active = new Set<string>()
  for await (const { items } of source.users(signal)) for (const each of items) if (each.active) active.add(each.key)
  expect([...active].toSorted()).toEqual(
    [...wanted].flatMap(([id, { state }]) => (state === 'active' ? [id] : [])).toSorted(),
  )
  const found = new Map<string, readonly string[]>()
  for await (const { items } of source.groups(signal)) {
    for (const group of items) {
      const keys: string[] = []
      for await (const page of source.members(group, signal)) keys.push(...page.items.map(({ key }) => key))
      found.set(group.key, keys.toSorted())
    }
  }
  expect(found).toEqual(new Map([...members].map(([id, each]) => [id, [...each].toSorted()])))
  await source.close()
}
