import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { startTinyServer, type TinyServer } from '../../../../test/doubles/tiny-server.ts'
import { Secret } from '../../../platform/secret.ts'
import { Server } from './server.ts'

const signal = new AbortController().signal
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function door({ url }: TinyServer): Server {
  const { now, sleep } = quickClock()
  const access = { baseUrl: url, requestsAtOnce: 1, token: new Secret('token-sesame') }
  const context = { key: 'x', now, sleep, log: () => undefined, baseDir: '.', instanceId: 'test' }
  const words = { product: 'Crowd', credential: 'token', rights: '' }
  const server = new Server(access, { ...context, localDirectory: undefined as never }, words)
  closing.push(() => server.close())
  return server
}

it('nobody is gone because a proxy says 404: only the product says that something is not there', async () => {
  const tiny = await startTinyServer(() => ({ status: 404, body: { reason: 'USER_NOT_FOUND', message: 'no' } }))
  closing.push(() => tiny.close())
  const server = door(tiny)
  const find = () =>
    server.find(z.object({}), { operation: 'user.get', method: 'GET', path: '/user' }, 'Reading an account', signal)
  expect(await find()).toBeUndefined()
  tiny.handle((_, raw) => {
    raw.writeHead(404, { 'content-type': 'text/html' }).end('<!DOCTYPE html><html><body>Not Found</body></html>')
    return undefined
  })
  await expect(find()).rejects.toMatchObject({ code: 'incomplete-read' })
  tiny.handle((_, raw) => {
    raw.writeHead(404).end()
    return undefined
  })
  expect(await find()).toBeUndefined()
  tiny.handle(() => ({ status: 403, body: {} }))
  await expect(find()).rejects.toMatchObject({ code: 'forbidden' })
})
