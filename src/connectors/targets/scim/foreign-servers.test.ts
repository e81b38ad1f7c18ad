import { afterEach, describe, expect, it } from 'vitest'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { applyAll, scimTarget } from '../../../../test/doubles/scim-target.ts'
import { startScimmy } from '../../../../test/doubles/scimmy-server.ts'
import { provisionedAndReadBack } from '../../../../test/support/scim-company.ts'
import { scim2ServerPresent, startScim2Server } from '../../../../test/support/scim2-server.ts'

const signal = AbortSignal.timeout(600_000)
const python = await scim2ServerPresent()
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe('servers that others wrote', () => {
  it('scimmy-routers holds 200 people and 20 groups as they were sent, changed and taken away', async () => {
    const server = await startScimmy()
    closing.push(() => server.close())
    await provisionedAndReadBack(scimTarget(server.baseUrl, server.token, quickClock()), server.baseUrl, server.token)
  })

  it('a server that passes over pages is noticed: nothing is inferred from its first page', async () => {
    const server = await startScimmy({ pages: false })
    closing.push(() => server.close())
    const target = scimTarget(server.baseUrl, server.token, quickClock())
    const people = Array.from({ length: 21 }, (_, at) => ({
      kind: 'account.create' as const,
      after: { userName: `p${at}`, email: `p${at}@acme.example` },
    }))
    await applyAll(target, people)
    const read = async () => {
      for await (const _ of target.users(signal));
    }
    await expect(read()).rejects.toMatchObject({ code: 'incomplete-read' })
    await target.close()
  })
})

describe.skipIf(!python.present)(`scim2-server, which others wrote in Python${python.skipReason}`, () => {
  it.each(['index', 'cursor'] as const)(
    'holds 200 people and 20 groups as they were sent, changed and taken away, with lists by %s',
    async (paging) => {
      const server = await startScim2Server(paging)
      closing.push(() => server.stop())
      await provisionedAndReadBack(scimTarget(server.baseUrl, server.token, quickClock()), server.baseUrl, server.token)
    },
  )
})
