import { expect, it } from 'vitest'
import { saidBy } from './refusal.ts'

const said = (text: string, json?: unknown) => saidBy({ status: 400, text, json })

it.each([
  ['', undefined, 'no explanation given (HTTP 400)'],
  ['<style>p { color: red }</style><p>Please  sign in</p>', undefined, '“Please sign in” (HTTP 400)'],
  ['x', { error: 'invalid_client', error_description: 'Wrong secret' }, '“Wrong secret” (HTTP 400)'],
  ['x', { error: { code: 403, message: 'Not yours' } }, '“Not yours” (HTTP 400)'],
])('of the answer %s with %o is quoted what it says', (text, json, quote) => {
  expect(said(text, json)).toBe(quote)
})

it.each([
  ['a page of open tags', '<script'.repeat(1_000_000), undefined],
  ['a page of brackets', '<'.repeat(5_000_000), undefined],
  ['errors in errors', 'x', JSON.parse(`${'{"error":'.repeat(50_000)}1${'}'.repeat(50_000)}`)],
])('of %s no more is looked through than is needed for a quote', (_, text, json) => {
  expect(said(text, json).length).toBeLessThan(400)
})
