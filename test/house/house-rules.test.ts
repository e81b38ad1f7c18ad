import { describe, expect, it } from 'vitest'
import { findBreaches } from '../../scripts/check/house-rules.ts'

const rulesIn = (file: string, text: string) => findBreaches(file, text).map(({ line, rule }) => `${line} ${rule}`)

describe('house rules', () => {
  it.each([
    ['environment', 'const home = process.env.HOME'],
    ['environment', "const home = process['env']"],
    ['environment', "import { env as everything } from 'node:process'"],
    ['clock', 'const now = Date.now()'],
    ['clock', 'const read = Date.now'],
    ['clock', 'const now = new Date()'],
    ['chance', 'const die = Math.random()'],
    ['error', "throw new Error('no')"],
    ['error', "throw new TypeError('no')"],
    ['fetch', "await fetch('https://example.com')"],
    ['fetch', 'const way = globalThis.fetch'],
    ['fetch', "import { request as send } from 'node:https'"],
    ['fetch', "import http from 'node:http'"],
    ['fetch', "import * as http from 'http'"],
  ])('find a breach of "%s" in product code: %s', (rule, line) => {
    expect(rulesIn('src/engine/planner.ts', `// first line\n${line}\n`)).toEqual([`2 ${rule}`])
  })

  it.each([
    ['a date made from an instant', 'new Date(instant)'],
    ['a clock that was handed in', 'export const at = (Date: { now(): number }) => Date.now()'],
    ['a fetch that was handed in', "export const get = (fetch: typeof globalThis.fetch) => fetch('/runs')"],
    ['words in a comment', '// process.env and Date.now() are read elsewhere'],
    ['words in a text', "const help = 'throw new Error() and Math.random()'"],
    ['a server, and the types of requests', "import { createServer, type request, IncomingMessage } from 'node:http'"],
    ['our own errors', "throw fail.usage('no')"],
  ])('accept %s', (_what, line) => {
    expect(rulesIn('src/cli/client.ts', line)).toEqual([])
  })

  it('let the clock, the program and the HTTP client do what is theirs', () => {
    expect(rulesIn('src/platform/clock.ts', 'Date.now()')).toEqual([])
    expect(rulesIn('src/main.ts', 'start(process.env, fetch)')).toEqual([])
    expect(rulesIn('src/platform/http-client.ts', 'await fetch(url)')).toEqual([])
  })

  it('forbid chance in the sandbox, but not its plain errors', () => {
    expect(rulesIn('src/sandbox/server.ts', "Math.random()\nthrow new Error('no such company')")).toEqual(['1 chance'])
  })

  it('say nothing of tests about clocks and errors', () => {
    expect(rulesIn('src/engine/planner.test.ts', "Date.now()\nthrow new Error('broken on purpose')")).toEqual([])
  })

  it('count lines by characters of more than one byte too', () => {
    expect(rulesIn('src/engine/a.ts', "const name = 'Élodie 日本'\n/* ü\n */ Date.now()\n")).toEqual(['3 clock'])
  })

  it.each([
    "it.skip('x', () => {})",
    "it.only('x', () => {})",
    "it.todo('x')",
    "it.each([1])('x', () => {})\ntest.skip.each([1])('y', () => {})",
    'const group = present ? describe : describe.skip',
    "describe.skipIf(!store.present)('on PostgreSQL', () => {})",
    "describe.skipIf(process.platform === 'win32')('on sockets' + why.skipReason, () => {})",
    "describe.runIf(present)('x', () => {})",
    "it('x', { skip: true }, () => {})",
    "it('x', (context) => context.skip())",
  ])('find a test that quietly does not run: %s', (text) => {
    expect(rulesIn('src/storage/store.test.ts', text).map((found) => found.split(' ')[1])).toEqual(['skipped-test'])
  })

  it('accept a skipped suite that names what is missing', () => {
    const text = `describe.skipIf(!store.present)(\`on PostgreSQL\${store.skipReason}\`, () => { it('x', () => {}) })`
    expect(rulesIn('src/storage/store.test.ts', text)).toEqual([])
  })

  it('find marks of unfinished work anywhere', () => {
    const mark = 'TO' + 'DO'
    expect(rulesIn('docs/architecture.md', `text\n${mark}: more text`)).toEqual(['2 unfinished'])
    expect(rulesIn('src/engine/a.test.ts', `// ${'FIX' + 'ME'}`)).toEqual(['1 unfinished'])
  })
})
