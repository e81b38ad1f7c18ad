import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { element, integer, octets, sequence, tags } from '../asn1/ber.ts'
import { BerReader, elementLength } from '../asn1/ber-reader.ts'
import { type LdapSandbox, startLdapSandbox } from './start.ts'

/** Messages built by hand, byte for byte as RFC 4511 has them. */
const present = octets('objectClass', 0x87)
const searchFor = (id: number, base: string, filter = present, controls: readonly Buffer[] = [], asked = ['1.1']) =>
  sequence(
    integer(id),
    element(
      0x63,
      octets(base),
      integer(2, tags.enumerated),
      integer(0, tags.enumerated),
      integer(0),
      integer(0),
      Buffer.of(1, 1, 0),
      filter,
      sequence(...asked.map((name) => octets(name))),
    ),
    ...(controls.length === 0 ? [] : [element(0xa0, ...controls)]),
  )
const bindAs = (id: number, dn: string, password: string) =>
  sequence(integer(id), element(0x60, integer(3), octets(dn), octets(password, 0x80)))
const abandonOf = (id: number, other: number) => sequence(integer(id), integer(other, 0x50))
const paging = (size: number, cookie: Buffer) =>
  sequence(octets('1.2.840.113556.1.4.319'), octets(sequence(integer(size), octets(cookie))))

interface Answer {
  readonly id: number
  readonly tag: number
  readonly code?: number
  readonly cookie?: Buffer
}

/** A client that sends what it is told and reads what comes. */
class Wire {
  readonly socket: Socket
  #received: Buffer = Buffer.alloc(0)
  readonly answers: Answer[] = []
  isClosed = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isClosed = true
    })
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      for (;;) {
        const length = elementLength(this.#received, 10_000_000)
        if (length === undefined || length > this.#received.length) return
        this.answers.push(readAnswer(this.#received.subarray(0, length)))
        this.#received = this.#received.subarray(length)
      }
    })
  }

  /** Sends and waits for the answer that ends the operation with this id. */
  async ask(id: number, bytes: Buffer): Promise<Answer> {
    this.socket.write(bytes)
    return vi.waitFor(() => {
      const found = this.answers.find((answer) => answer.id === id && answer.code !== undefined)
      if (found === undefined) throw new Error('no answer yet')
      return found
    })
  }
}

function readAnswer(bytes: Buffer): Answer {
  const message = new BerReader(bytes).inside(tags.sequence)
  const id = message.integer()
  const tag = message.tag ?? 0
  const operation = message.inside(tag)
  if (tag === 0x64 || tag === 0x73) return { id, tag }
  const code = operation.integer(tags.enumerated)
  if (message.tag !== 0xa0) return { id, tag, code }
  const control = message.inside(0xa0).inside(tags.sequence)
  control.text()
  const value = control.inside(tags.octetString).inside(tags.sequence)
  value.integer()
  return { id, tag, code, cookie: value.bytes(tags.octetString) }
}

describe('a connection', () => {
  let sandbox: LdapSandbox
  beforeAll(async () => {
    sandbox = await startLdapSandbox()
  })
  afterAll(() => sandbox.stop())
  afterEach(() => {
    sandbox.control.calm()
    sandbox.control.resetCounters()
  })

  const open = async () => {
    const socket = connect(sandbox.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    return new Wire(socket)
  }
  const openBound = async () => {
    const wire = await open()
    expect((await wire.ask(1, bindAs(1, sandbox.bindDn, sandbox.password))).code).toBe(0)
    return wire
  }

  it('takes a message byte by byte, and several at once', async () => {
    const wire = await open()
    for (const byte of bindAs(1, sandbox.bindDn, sandbox.password)) wire.socket.write(Buffer.of(byte))
    await vi.waitFor(() => expect(wire.answers).toMatchObject([{ id: 1, code: 0 }]), 60_000)
    const { userBaseDn, groupBaseDn } = sandbox
    await wire.ask(3, Buffer.concat([searchFor(2, userBaseDn), searchFor(3, groupBaseDn)]))
    const count = (id: number) => wire.answers.filter((answer) => answer.id === id && answer.tag === 0x64).length
    expect([count(2), count(3)]).toEqual([25, 11])
  })

  it('forgets who it was when a bind fails', async () => {
    const wire = await openBound()
    expect((await wire.ask(2, searchFor(2, sandbox.userBaseDn))).code).toBe(0)
    expect((await wire.ask(3, bindAs(3, sandbox.bindDn, 'wrong'))).code).toBe(49)
    expect((await wire.ask(4, searchFor(4, sandbox.userBaseDn))).code).toBe(32)
  })

  it('answers nothing any more to what was abandoned', async () => {
    const wire = await openBound()
    sandbox.control.addFault({ operations: 'search', kind: 'hold', times: 1 })
    wire.socket.write(searchFor(2, sandbox.userBaseDn))
    await vi.waitFor(() => expect(sandbox.control.held).toBe(1), 60_000)
    wire.socket.write(abandonOf(3, 2))
    await vi.waitFor(() => expect(sandbox.control.requests('abandon')).toBe(1), 60_000)
    sandbox.control.release()
    expect((await wire.ask(4, searchFor(4, sandbox.userBaseDn))).code).toBe(0)
    expect(wire.answers.filter(({ id }) => id === 2)).toEqual([])
  })

  it('keeps cookies to itself and to one listing', async () => {
    const [wire, other] = [await openBound(), await openBound()]
    const page = (on: Wire, id: number, cookie: Buffer = Buffer.alloc(0), filter = present) =>
      on.ask(id, searchFor(id, sandbox.userBaseDn, filter, [paging(10, cookie)]))
    const { cookie = Buffer.alloc(0) } = await page(wire, 2)
    expect(cookie.length).toBeGreaterThan(0)
    // A cookie is no text: read as UTF-8 and written again, it would be another one.
    expect(Buffer.from(cookie.toString('utf8')).equals(cookie)).toBe(false)
    expect((await page(other, 2, cookie)).code).toBe(53)
    expect((await page(wire, 3, cookie, octets('uid', 0x87))).code).toBe(53)
    const again = await page(wire, 4)
    const second = await page(wire, 5, again.cookie)
    expect([second.code, (await page(wire, 6, again.cookie)).code]).toEqual([0, 53])
    expect(await page(wire, 7, second.cookie)).toMatchObject({ code: 0, cookie: Buffer.alloc(0) })
  })

  it('ends a listing when another begins, where the product keeps only one', async () => {
    const wire = await openBound()
    const page = (id: number, cookie: Buffer) =>
      wire.ask(id, searchFor(id, sandbox.userBaseDn, present, [paging(10, cookie)]))
    const first = await page(2, Buffer.alloc(0))
    await page(3, Buffer.alloc(0))
    expect((await page(4, first.cookie ?? Buffer.alloc(0))).code).toBe(53)
  })

  it('gives up a listing for a page of no size', async () => {
    const wire = await openBound()
    const page = (id: number, size: number, cookie: Buffer) =>
      wire.ask(id, searchFor(id, sandbox.userBaseDn, present, [paging(size, cookie)]))
    const { cookie = Buffer.alloc(0) } = await page(2, 10, Buffer.alloc(0))
    expect(await page(3, 0, cookie)).toMatchObject({ code: 0, cookie: Buffer.alloc(0) })
    expect((await page(4, 10, cookie)).code).toBe(53)
  })

  it.each([
    ['an indefinite length', Buffer.from('30800201016000', 'hex')],
    ['a message of two gigabytes', Buffer.from('30847fffffff', 'hex')],
    ['a request nobody knows', sequence(integer(1), element(0x7e))],
    ['a filter nobody knows', searchFor(1, 'dc=x', octets('x', 0x8f))],
    ['an id below zero', sequence(integer(-1), element(0x42))],
    ['a filter a thousand deep', searchFor(1, 'dc=x', deep(1000))],
    ['something else than LDAP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('is ended with a notice for %s', async (_, bytes) => {
    const wire = await open()
    wire.socket.write(bytes)
    await vi.waitFor(() => expect(wire.isClosed).toBe(true), 60_000)
    expect(wire.answers).toEqual([{ id: 0, tag: 0x78, code: 2 }])
  })

  it('survives whatever is sent, and so does the server', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(40), async (noise, at) => {
        const wire = await open()
        const good = searchFor(1, sandbox.userBaseDn)
        const bad = Buffer.from(good)
        bad.set(noise.subarray(0, Math.max(0, bad.length - at)), Math.min(at, bad.length))
        const closed = once(wire.socket, 'close')
        wire.socket.end(bad)
        await closed
      }),
      { numRuns: 60 },
    )
    const wire = await openBound()
    expect((await wire.ask(2, searchFor(2, sandbox.userBaseDn))).code).toBe(0)
  })

  it('is slow to read without the server keeping everything in memory', async () => {
    const large = await startLdapSandbox({ company: 8000 })
    onTestFinished(() => large.stop())
    const socket = connect(large.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const wire = new Wire(socket)
    await wire.ask(1, bindAs(1, large.bindDn, large.password))
    socket.pause()
    socket.write(searchFor(2, large.userBaseDn, present, [], ['*', '+']))
    await vi.waitFor(() => expect(large.control.requests('search')).toBe(1), 60_000)
    // Two of them leave while the listing is under way: they are not in it.
    const [first, second] = large.directory.people.slice(-2)
    for (const person of [first, second]) large.control.edit({ action: 'remove-person', login: person?.login ?? '' })
    socket.resume()
    await vi.waitFor(() => expect(wire.answers.at(-1)).toMatchObject({ id: 2, tag: 0x65, code: 0 }), {
      timeout: 60_000,
    })
    const found = wire.answers.filter(({ tag }) => tag === 0x64).length
    expect(found).toBe(8001 - 2)
  })
})

function deep(levels: number): Buffer {
  let filter = present
  for (let level = 0; level < levels; level++) filter = element(0xa2, filter)
  return filter
}
