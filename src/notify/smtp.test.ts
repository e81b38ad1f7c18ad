import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { smtpChannel } from './smtp.ts'

it('lets go of a server that takes its time as soon as it is told to stop', async () => {
  const server = createServer()
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const settings = {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'muster@example.test',
    to: ['a@example.test'],
  } as const
  const channel = smtpChannel({ channel: 'mail', digestMs: 0 }, settings, { details: false })
  const stop = new AbortController()
  const sending = channel.send({ id: 'm-1', total: 0, counts: [], first: [], isTest: true }, stop.signal)
  const refused = expect(sending).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('EABORT'),
  })
  const [socket] = (await once(server, 'connection')) as [Socket]
  // A line that never ends keeps every time-out of silence from striking.
  socket.on('error', () => undefined).write('220-mail.example.test\r\n')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.resume()
  stop.abort()
  await refused
  await closed
})
