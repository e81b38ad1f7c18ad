import { X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeAuthority } from './certificates.ts'

const now = Date.UTC(2026, 4, 17, 12, 30)

it('certificates are signed by their authority, for their names, for their time', () => {
  const authority = makeAuthority('Somebody', now)
  const issued = authority.issue(['ldap.example', '127.0.0.1'])
  const [ca, server] = [new X509Certificate(authority.certificate), new X509Certificate(issued.certificate)]
  expect([ca.ca, ca.verify(ca.publicKey), server.ca, server.verify(ca.publicKey)]).toEqual([true, true, false, true])
  expect(server.checkIssued(ca)).toBe(true)
  expect([server.checkHost('ldap.example'), server.checkHost('other.example')]).toEqual(['ldap.example', undefined])
  expect([server.checkIP('127.0.0.1'), server.checkIP('127.0.0.2')]).toEqual(['127.0.0.1', undefined])
  expect(server.validFromDate).toEqual(new Date(now - 86_400_000))
  expect(server.validToDate).toEqual(new Date(now + 30 * 86_400_000))
  expect(issued.key).toContain('PRIVATE KEY')
})

it('two authorities of one name have nothing to do with each other', () => {
  const [one, other] = [makeAuthority('Somebody', now), makeAuthority('Somebody', now)]
  const server = new X509Certificate(one.issue(['ldap.example']).certificate)
  expect(server.verify(new X509Certificate(other.certificate).publicKey)).toBe(false)
  expect(new X509Certificate(one.issue(['ldap.example']).certificate).serialNumber).not.toBe(server.serialNumber)
})
