import { describe, expect, it } from 'vitest'
import { brokenWays, company, knownOf, openOn } from '../../../../test/doubles/directory-double.ts'
import type { Fault } from '../../../../test/doubles/faulty-proxy.ts'
import { oracleSecret, startOracleDouble } from '../../../../test/doubles/oracle-double.ts'
import { Secret } from '../../../platform/secret.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { oracle } from './oracle.ts'

const domain = company(25, false)
// Larger than the double lists: its people are asked.
domain.groups[0]?.people.push('u5')

const open = (faults: readonly Fault[] = [], more: object = {}) =>
  openOn(
    oracle,
    () => startOracleDouble(domain),
    (url) => ({ domainUrl: url, clientId: 'client', clientSecret: new Secret(oracleSecret), pageSize: 10, ...more }),
    faults,
  )

testSource('oracle', {
  known: knownOf(domain),
  open: () => open(),
  secrets: [oracleSecret, 'oracle-token-1'],
  broken: brokenWays((faults) => open(faults), {
    laterPeople: /^GET \/admin\/v1\/Users\?startIndex=11/,
    groups: /^GET \/admin\/v1\/Groups\?/,
    members: /^GET \/admin\/v1\/Groups\/g1/,
    emptied: (body) => ({ ...body, Resources: [] }),
  }),
})

const signal = () => AbortSignal.timeout(120_000)

describe('an identity domain of Oracle', () => {
  it('tells who is inactive, and a locked account is not', async () => {
    const one = await open()
    const inactive: string[] = []
    for await (const { items } of one.source.users(signal())) {
      inactive.push(...items.filter(({ active }) => !active).map(({ key }) => key))
    }
    expect(inactive).toEqual(['u9'])
    expect(await one.source.find?.('person4@acme.example', signal())).toMatchObject([{ key: 'u4', notes: [] }])
    await one.close()
  })

  it('is reached by what people paste, and refuses a wrong secret in words', async () => {
    const parsed = oracle.config.parse({
      domainUrl: 'https://idcs-0a1b2c.identity.oraclecloud.com:443/admin/v1',
      clientId: 'client',
      clientSecret: new Secret('x'),
    })
    expect(parsed.domainUrl).toBe('https://idcs-0a1b2c.identity.oraclecloud.com')
    const one = await open([], { clientSecret: new Secret('wrong-secret') })
    const steps = []
    for await (const step of one.source.check(signal())) steps.push(step)
    expect(steps.find(({ status }) => status === 'failed')).toMatchObject({ code: 'auth-failed' })
    await one.close()
  })
})
