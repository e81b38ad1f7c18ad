import { describe, expect, it } from 'vitest'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import type { WriteKind } from '../../../domain/change.ts'
import { Secret } from '../../../platform/secret.ts'
import { carryOut } from './attempt.ts'
import { Server } from './server.ts'

/** What a refusal means, whatever the product. */

const words = { product: 'Jira', credential: 'token', rights: 'Give it rights.' }

function server(more: { readonly refusesBy401?: true } = {}): Server {
  const { now, sleep } = quickClock()
  const access = { baseUrl: 'http://127.0.0.1:9', requestsAtOnce: 1, token: new Secret('token-sesame') }
  const context = { key: 'x', now, sleep, log: () => undefined, baseDir: '.', instanceId: 'test' }
  return new Server(access, { ...context, localDirectory: undefined as never }, { ...words, ...more })
}

/** The code that a write of this kind ends with when this is the answer and nothing is true afterwards. */
async function codeOf(kind: WriteKind, status: number, message: string, where = server(), mayWrite = true) {
  const json = { message }
  const answer = { status, json, text: JSON.stringify(json), headers: new Headers(), afterDoubt: false }
  const attempt = {
    act: 'Doing it',
    send: async () => answer,
    look: async () => ({ holds: false }) as const,
  }
  const written = carryOut({ seq: 1, kind }, where, async () => mayWrite, attempt)
  const { code } = await written.then(
    () => ({ code: 'applied' }),
    (thrown: { readonly code: string }) => thrown,
  )
  return code
}

describe('a refusal', () => {
  it('is for lack of seats only where a seat is taken: a name that holds the word stops no removal', async () => {
    const full = 'The licence has no seats left'
    for (const kind of ['account.create', 'account.activate', 'membership.add'] as const) {
      expect(await codeOf(kind, 403, full), kind).toBe('quota-exhausted')
    }
    const named = 'Nobody leaves the group license-holders'
    for (const kind of ['membership.remove', 'account.deactivate', 'account.update'] as const) {
      expect(await codeOf(kind, 403, named), kind).toBe('not-writable')
      expect(await codeOf(kind, 400, named), kind).toBe('rejected')
    }
  })

  it('concerns one object as long as we administer, by 401 too where the product answers so', async () => {
    const bitbucket = server({ refusesBy401: true })
    expect(await codeOf('account.update', 401, 'Not permitted', bitbucket)).toBe('not-writable')
    expect(await codeOf('account.update', 401, 'Not permitted', bitbucket, false)).toBe('auth-failed')
    expect(await codeOf('account.update', 401, 'Not permitted')).toBe('auth-failed')
    expect(await codeOf('account.update', 403, 'Not permitted')).toBe('not-writable')
    expect(await codeOf('account.update', 403, 'Not permitted', server(), false)).toBe('forbidden')
  })
})
