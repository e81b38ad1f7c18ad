import { describe, expect, it } from 'vitest'
import { brokenWays, company, knownOf, openOn } from '../../../../test/doubles/directory-double.ts'
import type { Fault } from '../../../../test/doubles/faulty-proxy.ts'
import { miniorangeKeys, startMiniorangeDouble } from '../../../../test/doubles/miniorange-double.ts'
import { Secret } from '../../../platform/secret.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { miniorange } from './miniorange.ts'

const { customerKey, apiKey } = miniorangeKeys
const list = (path: string) => ({
  path,
  method: 'POST',
  body: { customerKey },
  items: '$.list',
  page: { type: 'offset', param: 'from', in: 'body', sizeParam: 'size', size: 10, totalPath: '$.total' },
})

const settings = {
  customerKey,
  apiKey: new Secret(apiKey),
  users: {
    ...list('/operator/people'),
    map: {
      id: '$.id',
      userName: '$.username',
      email: '$.email',
      active: { path: '$.status', falseWhen: ['DISABLED'] },
    },
  },
  groups: { ...list('/operator/groups'), map: { id: '$.id', name: '$.name' } },
  memberships: { ...list('/operator/groups/{id}'), type: 'perGroup' },
}

const open = (faults: readonly Fault[] = [], more: object = {}) =>
  openOn(miniorange, startMiniorangeDouble, (baseUrl) => ({ ...settings, baseUrl, ...more }), faults)

const all = company(25, false)
const failed = () => ({ status: 'FAILED', message: 'try later', list: [], total: 0 })

testSource('miniorange', {
  known: knownOf(all),
  open: () => open(),
  secrets: [apiKey],
  broken: [
    ...brokenWays((faults) => open(faults), {
      laterPeople: /^POST \/operator\/people/,
      groups: /^POST \/operator\/groups$/,
      members: /^POST \/operator\/groups\/g2/,
      emptied: (body) => ({ ...body, list: [] }),
    }),
    {
      name: 'a failure that comes with HTTP 200',
      part: 'groups',
      open: () => open([{ matches: /^POST \/operator\/groups$/, kind: 'rewrite', rewrite: failed }]),
    },
  ],
})

describe('miniOrange', () => {
  it('refuses a wrong key, and says in the doctor what to look at', async () => {
    const one = await open([], { apiKey: new Secret('another-key') })
    const steps = []
    for await (const step of one.source.check(AbortSignal.timeout(120_000))) steps.push(step)
    expect(steps.find(({ status }) => status === 'failed')).toMatchObject({ name: 'sign-in', code: 'auth-failed' })
    await one.close()
  })

  it('is tried before anything is saved', async () => {
    const one = await open()
    const trial = await one.source.tryOut?.(AbortSignal.timeout(120_000))
    expect(trial?.people).toHaveLength(5)
    expect(trial?.group).toMatchObject({ key: 'g1', members: [{ key: 'u1' }, { key: 'u2' }] })
    expect(trial?.problems).toEqual([])
    await one.close()
  })
})
