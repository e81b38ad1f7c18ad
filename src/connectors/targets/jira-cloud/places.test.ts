import { afterEach, describe, expect, it } from 'vitest'
import {
  applyOne,
  errorOf,
  handMade,
  listed,
  orgRoutes,
  type Route,
  type Routes,
  shortly,
  siteRoutes,
} from '../../../../test/doubles/atlassian-answers.ts'
import { startTwin, type TwinAndTarget } from '../../../../test/doubles/jira-cloud-twin.ts'
import { propertyKey } from '../../kit/atlassian-cloud/custom-record.ts'
import { fenceGroup, fenceIn, fenceText } from '../../kit/atlassian-cloud/fence.ts'

/** The places where Muster keeps something of its own: custom attributes of people, and the mark that it writes here. */

const signal = new AbortController().signal
const { answer, withKey, withToken, withBoth, seen } = handMade()

describe('custom attributes', () => {
  const path = '/rest/api/3/user/properties/muster-test'
  const update = {
    kind: 'custom.update',
    accountId: 'a1',
    sourceKey: 'uid=mia',
    after: { cost: '4711', rooms: ['A', 'B'], old: null },
  } as const
  const routes = (more: Routes): Routes => ({
    ...siteRoutes,
    'GET /rest/api/3/user': { body: { accountId: 'a1', active: true, groups: { items: [], size: 0 } } },
    ...more,
  })

  it('of a person are one user property, written as a whole, with whose record it is', async () => {
    answer(routes({ [`PUT ${path}`]: { status: 201 } }))
    const target = withToken()
    await target.identify(signal)
    const [result] =
      (await target.operations['custom.update']?.apply([{ seq: 1, ...update }], {
        signal,
        notify: false,
        source: 'hr',
      })) ?? []
    expect(shortly(result)).toBe('applied')
    expect(seen(`PUT ${path}`)[0]?.query.get('accountId')).toBe('a1')
    expect(seen(`PUT ${path}`)[0]?.body).toEqual({
      source: 'hr',
      key: 'uid=mia',
      attributes: { cost: '4711', rooms: ['A', 'B'] },
    })
  })

  it('without any value are removed, also when they are gone already', async () => {
    for (const status of [204, 404]) {
      answer(routes({ [`DELETE ${path}`]: { status } }))
      expect(shortly(await applyOne(withToken(), { ...update, after: { cost: null, rooms: [] } }))).toBe('applied')
    }
  })

  it('are read back when asked for; a foreign value there is none of ours', async () => {
    const read = async (route: Route) => {
      answer(routes({ [`GET ${path}`]: route }))
      return (await withToken().accountsNow(['a1'], signal, ['custom'])).get('a1')?.account.custom
    }
    expect(await read({ body: { key: 'muster-test', value: { attributes: { cost: '4711' } } } })).toEqual({
      cost: '4711',
    })
    expect(await read({ status: 404 })).toEqual({})
    expect(await read({ body: { value: 'something else' } })).toEqual({})
    answer(routes({}))
    await withToken().accountsNow(['a1'], signal)
    expect(seen(`GET ${path}`)).toHaveLength(3)
  })

  it.each<[Route, string]>([
    [{ status: 403 }, 'not-writable'],
    [{ status: 404 }, 'gone'],
    [{ status: 400 }, 'rejected'],
    [{ status: 503 }, 'unreachable?'],
  ])('refused with %j are not called written', async (route, expected) => {
    answer(routes({ [`PUT ${path}`]: route }))
    expect(shortly(await applyOne(withToken(), update))).toBe(expected)
  })

  it('that are too large are never sent', async () => {
    answer(routes({ [`PUT ${path}`]: { status: 201 } }))
    expect(shortly(await applyOne(withToken(), { ...update, after: { long: 'ä'.repeat(17_000) } }))).toBe('rejected')
    expect(seen(`PUT ${path}`)).toHaveLength(0)
    expect(withToken().customAttributes?.bytesAtMost).toBeLessThan(32_768)
  })

  it('have a place only with a token, under a key that can be searched by', () => {
    expect(withKey().customAttributes).toBeUndefined()
    expect(withBoth().customAttributes?.seen).toContain('do not see it in Jira')
    expect(propertyKey('0192.a=b')).toBe('muster-0192-a-b')
  })
})

describe('the mark of a Muster', () => {
  const mark = { instanceId: '0192-abc', since: Date.parse('2026-03-01T10:00:00Z') }
  let twin: TwinAndTarget | undefined
  afterEach(() => twin?.stop())

  it('says who and since when in a sentence that reads back', () => {
    expect(fenceIn(fenceText(mark))).toEqual(mark)
    expect(fenceIn('Muster is nice')).toBeUndefined()
    expect(fenceIn(undefined)).toBeUndefined()
  })

  it('stands in the directory, is seen by everybody with a key and is no group of any connection', async () => {
    twin = await startTwin('token and key')
    const first = twin.open()
    const before = (await listed(first.groups(signal))).length
    expect(await first.fence?.read(signal)).toBeUndefined()
    await first.fence?.claim(mark, signal)
    const second = twin.open()
    expect(await second.fence?.read(signal)).toEqual(mark)
    expect(await listed(second.groups(signal))).toHaveLength(before)
    await second.fence?.claim({ ...mark, instanceId: 'another' }, signal)
    expect(await twin.open().fence?.read(signal)).toEqual({ ...mark, instanceId: 'another' })
    expect(twin.sandbox.control.state().groups.filter(({ name }) => name === fenceGroup)).toHaveLength(1)
  })

  it('costs no call where the groups were just read', async () => {
    twin = await startTwin('key alone')
    const target = twin.open()
    await listed(target.groups(signal))
    twin.sandbox.control.resetCounters()
    await target.fence?.read(signal)
    expect(twin.sandbox.control.counters().total).toBe(0)
  })

  it('is a property of our own account with a token alone', async () => {
    let kept: unknown
    answer({
      ...siteRoutes,
      'GET /rest/api/3/user/properties/muster-writes-here': () =>
        kept === undefined ? { status: 404 } : { body: { value: kept } },
      'PUT /rest/api/3/user/properties/muster-writes-here': ({ body, query }) => {
        expect(query.get('accountId')).toBe('me')
        kept = body
        return { status: 201 }
      },
    })
    const target = withToken()
    expect(await target.fence?.read(signal)).toBeUndefined()
    await target.fence?.claim(mark, signal)
    expect(await target.fence?.read(signal)).toEqual(mark)
  })

  it('that cannot be written says so', async () => {
    answer({ ...siteRoutes, 'PUT /rest/api/3/user/properties/muster-writes-here': { status: 403 } })
    expect((await errorOf(withToken().fence?.claim(mark, signal) ?? Promise.resolve())).code).toBe('forbidden')
    answer({ ...orgRoutes, 'POST /admin/v2/orgs/o1/directories/d1/groups': { status: 403 } })
    expect((await errorOf(withKey().fence?.claim(mark, signal) ?? Promise.resolve())).code).toBe('forbidden')
  })
})
