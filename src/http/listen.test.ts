import { createServer } from 'node:net'
import { fastify } from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serverSchema } from '../app/server-settings.ts'
import { listen, refuseUnprotected } from './listen.ts'

const settings = (given: object) => serverSchema.parse(given)

describe('listening', () => {
  it('stays on this machine unless something encrypts what is said', () => {
    for (const address of ['127.0.0.1:80', '127.9.9.9:80', '[::1]:80', 'localhost:80']) {
      expect(() => refuseUnprotected(settings({ listen: address }))).not.toThrow()
    }
    for (const address of ['0.0.0.0:80', '[::]:80', '192.0.2.1:80', 'host.example:80']) {
      expect(() => refuseUnprotected(settings({ listen: address }))).toThrow(/nothing encrypts it/)
      const tls = { cert: 'c', key: 'k' }
      for (const more of [{ tls }, { trustedProxies: ['10.0.0.0/8'] }, { insecureHttp: true }]) {
        expect(() => refuseUnprotected(settings({ listen: address, ...more }))).not.toThrow()
      }
    }
  })

  it('says in one sentence that a port is taken', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    onTestFinished(() => new Promise<void>((done) => other.close(() => done())))
    const { port } = other.address() as { port: number }
    const listening = listen(fastify(), settings({ listen: `127.0.0.1:${port}` }))
    await expect(listening).rejects.toMatchObject({
      code: 'usage',
      message: `127.0.0.1:${port} is already in use.`,
      hint: expect.stringContaining('--port'),
    })
  })

  it('warns when plain HTTP is served beyond this machine', async () => {
    const server = fastify()
    onTestFinished(() => server.close())
    const { notes } = await listen(server, settings({ listen: '0.0.0.0:0', insecureHttp: true }))
    expect(notes.join()).toMatch(/plain HTTP/)
  })

  it('tells the port it was given', async () => {
    const server = fastify()
    onTestFinished(() => server.close())
    const { url, notes } = await listen(server, settings({ listen: '127.0.0.1:0' }))
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
    expect(notes).toEqual([])
  })
})
