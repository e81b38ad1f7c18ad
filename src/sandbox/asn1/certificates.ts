import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { boolean, element, integer, octets, sequence, tags } from './ber.ts'

/** A certificate and its key, both PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** A made-up authority that signs certificates of made-up servers. */
export interface Authority {
  /** PEM of the authority itself: what a client has to trust. */
  readonly certificate: string
  /** A server certificate for these host names and addresses. Valid from yesterday for 30 days unless told. */
  issue(names: readonly string[], validity?: Validity): Certificate
}

/** Both ends in milliseconds since 1970, within the years 1970 to 2049. */
export interface Validity {
  readonly from: number
  readonly until: number
}

const day = 86_400_000

/** Makes an authority with a fresh key; `now` in milliseconds. RFC 5280, elliptic curve P-256. */
export function makeAuthority(name: string, now: number): Authority {
  const validity = { from: now - day, until: now + 30 * day }
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = distinguishedName(name)
  const keyId = keyIdentifier(own.publicKey)
  const certificate = make({
    issuer: subject,
    subject,
    validity,
    publicKey: own.publicKey,
    signer: own.privateKey,
    extensions: [
      extension(oids.basicConstraints, true, sequence(boolean(true))),
      // Bits keyCertSign and cRLSign.
      extension(oids.keyUsage, true, element(tags.bitString, Buffer.of(1, 0x06))),
      extension(oids.subjectKeyIdentifier, false, octets(keyId)),
    ],
  })
  return {
    certificate: pem(certificate),
    issue(names, chosen = validity) {
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const issued = make({
        issuer: subject,
        subject: distinguishedName(names[0] ?? 'server'),
        validity: chosen,
        publicKey: keys.publicKey,
        signer: own.privateKey,
        extensions: [
          extension(oids.basicConstraints, true, sequence()),
          // Bit digitalSignature.
          extension(oids.keyUsage, true, element(tags.bitString, Buffer.of(7, 0x80))),
          extension(oids.extendedKeyUsage, false, sequence(oid(oids.serverAuthentication))),
          extension(oids.subjectAlternativeName, false, sequence(...names.map(generalName))),
          extension(oids.subjectKeyIdentifier, false, octets(keyIdentifier(keys.publicKey))),
          extension(oids.authorityKeyIdentifier, false, sequence(octets(keyId, 0x80))),
        ],
      })
      return { certificate: pem(issued), key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
    },
  }
}

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  subjectAlternativeName: '2.5.29.17',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
}

interface ToBeSigned {
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly validity: Validity
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly extensions: readonly Buffer[]
}

function make({ issuer, subject, validity, publicKey, signer, extensions }: ToBeSigned): Buffer {
  const algorithm = sequence(oid(oids.ecdsaWithSha256))
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const body = sequence(
    element(0xa0, integer(2)),
    // Two certificates of one issuer must differ in their number; the key is different every time.
    element(tags.integer, Buffer.concat([Buffer.of(1), createHash('sha256').update(spki).digest().subarray(0, 15)])),
    algorithm,
    issuer,
    sequence(utcTime(validity.from), utcTime(validity.until)),
    subject,
    spki,
    element(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, signer)
  return sequence(body, algorithm, element(tags.bitString, Buffer.of(0), signature))
}

function distinguishedName(commonName: string): Buffer {
  return sequence(element(tags.set, sequence(oid(oids.commonName), octets(commonName, tags.utf8String))))
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(isCritical ? [boolean(true)] : []), octets(value))
}

/** RFC 5280, 4.2.1.6: dNSName or iPAddress. */
function generalName(name: string): Buffer {
  if (isIP(name) === 4) return octets(Buffer.from(name.split('.').map(Number)), 0x87)
  return octets(name, 0x82)
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
}

function utcTime(instant: number): Buffer {
  return octets(`${new Date(instant).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`, 0x17)
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const digits = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 0x7f) | 0x80)
    bytes.push(...digits)
  }
  return element(tags.objectIdentifier, Buffer.from(bytes))
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
