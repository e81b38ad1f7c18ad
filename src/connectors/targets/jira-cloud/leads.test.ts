import { describe, expect, it } from 'vitest'
import {
  applyOne,
  errorOf,
  handMade,
  myself,
  type Route,
  type Routes,
  shortly,
  siteRoutes,
} from '../../../../test/doubles/atlassian-answers.ts'

/** Projects and components: who leads them, and handing them over. */

const signal = new AbortController().signal
const { answer, withToken, seen } = handMade()

const project = (id: string, lead: string | null, key = `P${id}`) => ({
  id,
  key,
  name: `Project ${id}`,
  ...(lead === null ? {} : { lead: { accountId: lead } }),
})
const page = (values: object[]): Route => ({
  body: { values, startAt: 0, maxResults: 100, total: values.length, isLast: true },
})
const component = (id: string, lead: string | null) => ({
  id,
  name: `Part ${id}`,
  ...(lead === null ? {} : { lead: { accountId: lead } }),
})
const routes: Routes = {
  ...siteRoutes,
  'GET /rest/api/3/project/search': page([project('1', 'ann'), project('2', 'bob'), project('3', null)]),
  'GET /rest/api/3/project/P1/components': { body: [component('11', 'bob'), component('12', null)] },
  'GET /rest/api/3/project/P2/components': { body: [component('21', 'ann')] },
  'GET /rest/api/3/project/P3/components': { status: 404 },
}

describe('what somebody leads', () => {
  it('is found by looking at every project and its components', async () => {
    answer(routes)
    const leads = await withToken().leadsOf?.(['ann', 'zoe'], ['project', 'component'], signal)
    expect(leads?.get('ann')).toEqual([
      { kind: 'project', id: '1', name: 'Project 1 (P1)', project: 'P1' },
      { kind: 'component', id: '21', name: 'Part 21', project: 'P2' },
    ])
    expect(leads?.has('zoe')).toBe(false)
  })

  it('costs no look at components where only projects matter, and nothing for nobody', async () => {
    answer(routes)
    const target = withToken()
    expect((await target.leadsOf?.(['ann'], ['project'], signal))?.get('ann')).toHaveLength(1)
    expect(seen('GET /rest/api/3/project/P1/components')).toHaveLength(0)
    const before = seen('GET /rest/api/3/project/search').length
    expect((await target.leadsOf?.([], ['project'], signal))?.size).toBe(0)
    expect(seen('GET /rest/api/3/project/search')).toHaveLength(before)
  })

  it('trap 22 is not believed when it was an anonymous caller who was shown the public projects', async () => {
    let calls = 0
    answer({
      ...routes,
      'GET /rest/api/3/myself': () => {
        calls += 1
        return calls === 1 ? { body: myself } : { status: 401 }
      },
    })
    expect((await errorOf(withToken().leadsOf?.(['ann'], ['project'], signal) ?? Promise.resolve())).code).toBe(
      'auth-failed',
    )
  })

  it('trap 5 is read to the last page, and a cut page is noticed', async () => {
    const all = Array.from({ length: 150 }, (_, n) => project(String(n), n === 149 ? 'ann' : 'bob'))
    answer({
      ...routes,
      'GET /rest/api/3/project/search': ({ query }) => {
        const startAt = Number(query.get('startAt'))
        const values = all.slice(startAt, startAt + 100)
        return { body: { values, startAt, total: all.length, isLast: startAt + values.length >= all.length } }
      },
    })
    expect((await withToken().leadsOf?.(['ann'], ['project'], signal))?.get('ann')).toHaveLength(1)
    answer({
      ...routes,
      'GET /rest/api/3/project/search': { body: { values: all.slice(0, 100), startAt: 0, total: 150, isLast: true } },
    })
    expect((await errorOf(withToken().leadsOf?.(['ann'], ['project'], signal) ?? Promise.resolve())).code).toBe(
      'incomplete-read',
    )
  })

  it('right now is asked for by id', async () => {
    answer({
      ...routes,
      'GET /rest/api/3/component/21': { body: component('21', 'ann') },
      'GET /rest/api/3/component/22': { body: component('22', null) },
    })
    const thing = (kind: 'project' | 'component', id: string) => ({ kind, id, name: '', project: '' })
    const things = [thing('project', '1'), thing('component', '21'), thing('component', '22'), thing('component', '99')]
    const now = await withToken().leadsNow?.(things, signal)
    expect(now?.get('project:1')).toBe('ann')
    expect(now?.get('component:21')).toBe('ann')
    expect(now?.get('component:22')).toBeNull()
    expect(now?.has('component:99')).toBe(false)
    expect(seen('GET /rest/api/3/project/search').at(-1)?.query.getAll('id')).toEqual(['1'])
  })
})

describe('a lead handed over', () => {
  const handover = (kind: 'project' | 'component', id: string) =>
    ({
      kind: 'lead.handover',
      accountId: 'ann',
      lead: { kind, id, name: 'Shop', project: 'SHOP', to: { id: 'bob', label: 'Bob' } },
    }) as const
  const now = (lead: string): Route => page([project('1', lead)])

  it.each<[string, Route, Route, string]>([
    ['200', { body: {} }, now('ann'), 'applied'],
    ['400, and it is so already', { status: 400 }, now('bob'), 'alreadyTrue'],
    [
      '400, the new lead may not lead',
      { status: 400, body: { errorMessages: ['Not assignable'] } },
      now('ann'),
      'rejected',
    ],
    ['403, although we administer Jira', { status: 403 }, now('ann'), 'not-writable'],
    ['404, the project is gone', { status: 404 }, page([]), 'gone'],
    ['503', { status: 503 }, now('ann'), 'unreachable?'],
  ])('answers %s', async (_, put, search, expected) => {
    answer({ ...routes, 'PUT /rest/api/3/project/1': put, 'GET /rest/api/3/project/search': search })
    expect(shortly(await applyOne(withToken(), handover('project', '1')))).toBe(expected)
  })

  it('trap 3 names the new lead by account id, for projects and components', async () => {
    answer({ ...routes, 'PUT /rest/api/3/project/1': { body: {} }, 'PUT /rest/api/3/component/21': { body: {} } })
    await applyOne(withToken(), handover('project', '1'))
    expect(shortly(await applyOne(withToken(), handover('component', '21')))).toBe('applied')
    expect(seen('PUT /rest/api/3/project/1')[0]?.body).toEqual({ leadAccountId: 'bob' })
    expect(seen('PUT /rest/api/3/component/21')[0]?.body).toEqual({ leadAccountId: 'bob' })
  })

  it('ends the run when our account administers nothing at all', async () => {
    answer({
      ...routes,
      'GET /rest/api/3/mypermissions': { body: { permissions: { ADMINISTER: { havePermission: false } } } },
      'PUT /rest/api/3/project/1': { status: 403 },
      'GET /rest/api/3/project/search': now('ann'),
    })
    expect((await errorOf(applyOne(withToken(), handover('project', '1')))).code).toBe('forbidden')
  })
})
