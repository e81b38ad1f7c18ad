import { afterEach, describe, expect, it } from 'vitest'
import { brokenWays, company, knownOf, openOn } from '../../../../test/doubles/directory-double.ts'
import type { Fault } from '../../../../test/doubles/faulty-proxy.ts'
import {
  type GoogleOptions,
  googleAdmin,
  googleKey,
  startGoogleDouble,
} from '../../../../test/doubles/google-double.ts'
import { Secret } from '../../../platform/secret.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { google } from './index.ts'

const open = (faults: readonly Fault[] = [], options: GoogleOptions = {}, more: object = {}) =>
  openOn(
    google,
    () => startGoogleDouble(options),
    (url) => ({
      serviceAccountKey: new Secret(googleKey),
      adminEmail: googleAdmin,
      baseUrl: url,
      tokenUrl: `${url}/token`,
      ...more,
    }),
    faults,
  )

testSource('google', {
  known: knownOf(company()),
  open: () => open(),
  secrets: [JSON.parse(googleKey).private_key.split('\n')[1], 'google-token'],
  broken: brokenWays(open, {
    laterPeople: /^GET \/admin\/directory\/v1\/users\?.*pageToken=10/,
    groups: /^GET \/admin\/directory\/v1\/groups\?/,
    members: /^GET \/admin\/directory\/v1\/groups\/g2\/members/,
    emptied: () => ({}),
  }),
})

const signal = () => AbortSignal.timeout(120_000)

describe('an organization of Google that is read', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
  })
  async function opening(...given: Parameters<typeof open>) {
    const one = await open(...given)
    opened.push(one)
    return one
  }
  async function people({ source }: Awaited<ReturnType<typeof open>>) {
    const found = []
    for await (const { items } of source.users(signal())) found.push(...items)
    return found
  }

  it('tells suspended and archived people as inactive, and custom attributes with all their values', async () => {
    const told = await people(await opening([], { archived: ['u4'] }))
    expect(told.filter(({ active }) => !active).map(({ key }) => key)).toEqual(['u4', 'u9'])
    expect(told[0]?.attributes).toMatchObject({ 'HR.costCenter': '4711', 'HR.badges': ['a', 'b'], department: 'Sales' })
  })

  it('puts everybody into a group for the whole organization, and names groups as set', async () => {
    const one = await opening([], { forAll: ['g3'] }, { groupNames: 'local-part' })
    const told: Record<string, number> = {}
    for await (const { items } of one.source.groups(signal())) {
      for (const group of items) {
        told[group.name] = 0
        for await (const page of one.source.members(group, signal()))
          told[group.name] = (told[group.name] ?? 0) + page.items.length
      }
    }
    expect(told).toEqual({ 'team-one': 2, 'team-two': 2, 'team-three': 25 })
  })

  it('waits when a 403 means to slow down, and ends when it means that nothing may be seen', async () => {
    const reason = (text: string) => () => ({ error: { code: 403, message: text, errors: [{ reason: text }] } })
    const slow = await opening()
    slow.proxy.add({
      matches: /users\?.*pageToken=10/,
      kind: 'answer',
      status: 403,
      answer: reason('userRateLimitExceeded'),
      times: 2,
    })
    expect(await people(slow)).toHaveLength(25)
    expect(slow.clock.slept).toEqual([1000, 2000])
    const refused = await opening()
    refused.proxy.add({ matches: /users\?.*pageToken=10/, kind: 'answer', status: 403, answer: reason('forbidden') })
    await expect(people(refused)).rejects.toMatchObject({ code: 'forbidden' })
    const never = await opening()
    never.proxy.add({ matches: /users\?/, kind: 'answer', status: 403, answer: reason('quotaExceeded') })
    await expect(people(never)).rejects.toMatchObject({ code: 'rate-limited' })
  })

  it('is not signed in to without delegation, nor with a key that is none', async () => {
    const alone = await opening([], {}, { adminEmail: 'somebody@acme.example' })
    await expect(people(alone)).rejects.toMatchObject({
      code: 'auth-failed',
      message: expect.stringContaining('unauthorized_client'),
    })
    for (const key of ['{}', 'no json', '{"client_email":"a","private_key":"b"}']) {
      await expect(open([], {}, { serviceAccountKey: new Secret(key) })).rejects.toMatchObject({
        code: 'config-invalid',
      })
    }
    const empty = await opening([], { company: { people: [], groups: [] } })
    await expect(people(empty)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('does not take an answer without a list of that kind for an empty one', async () => {
    const stripped = await opening([{ matches: /users\?/, kind: 'rewrite', rewrite: () => ({ etag: 'x' }) }])
    await expect(people(stripped)).rejects.toMatchObject({ code: 'incomplete-read' })
  })

  it('is asked for one person, and tells whom a read missed', async () => {
    const { source } = await opening([], {}, { userQuery: "orgUnitPath='/Staff'" })
    expect(await source.find?.('person9@acme.example', signal())).toMatchObject([
      { key: 'u9', notes: ['Inactive there.'] },
    ])
    expect(await source.find?.('nobody', signal())).toEqual([])
    expect(await source.overlooked?.('user', ['u1', 'gone'], signal())).toEqual(['u1'])
  })
})
