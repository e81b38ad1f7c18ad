import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'
import { redactText } from './redact.ts'
import { Secret } from './secret.ts'

function open() {
  const lines: string[] = []
  const clock = { now: () => Date.parse('2026-11-21T10:00:00Z'), sleep: async () => undefined }
  return {
    lines,
    log: createLog({ level: 'debug', clock, destination: { write: (line: string) => void lines.push(line) } }),
  }
}

describe('the log', () => {
  it('writes one line of JSON: time, level, constant message, fields', () => {
    const { log, lines } = open()
    log.with({ run: 7 }).warn('target slow', { operation: 'users.search' })
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2026-11-21T10:00:00.000Z',
      level: 'warn',
      message: 'target slow',
      run: 7,
      operation: 'users.search',
    })
  })

  it('never writes a secret, by name, by class or by shape', () => {
    const { log, lines } = open()
    log.info('all of it', {
      authorization: 'Basic bWlhOnNlc2FtZQ==',
      headers: new Headers({ Authorization: 'Bearer sesame-sesame' }),
      apiToken: 'sesame',
      nested: [{ password: 'sesame' }, new Secret('sesame')],
      url: 'https://mia:sesame@site.test/?token=sesame&x=1',
      text: 'sent Bearer sesame-sesame-sesame and ATATT3xFfGF0sesamesesamesesame',
      error: new Error('refused: Basic c2VzYW1lOnNlc2FtZQ==', { cause: new Error('Bearer sesame.sesame') }),
    })
    expect(lines.join('')).not.toMatch(/sesame|c2VzYW1l|bWlhOn/)
    expect(JSON.parse(lines[0] ?? '').text).toContain('[secret]')
  })

  it('keeps what only looks similar', () => {
    expect(redactText('basic settings of the token holder')).toBe('basic [secret] of the token holder')
    expect(redactText('token expires on 2027-03-01')).toBe('token expires on 2027-03-01')
  })
})
