import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP } from 'node:net'

/**
 * Addresses that no request of ours may reach: link-local ranges and the metadata services of clouds, which hand out
 * credentials of the machine. Loopback and private ranges are allowed: gateways and the sandbox live there.
 */
const refused = new BlockList()
refused.addSubnet('169.254.0.0', 16, 'ipv4')
refused.addSubnet('fe80::', 10, 'ipv6')
refused.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
for (const address of ['100.100.100.200', '192.0.0.192', '168.63.129.16']) refused.addAddress(address, 'ipv4')
refused.addAddress('fd00:ec2::254', 'ipv6')

const refusedNames = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'instance-data',
  'instance-data.ec2.internal',
])

/** True when a host name or literal address must not be called, whatever it resolves to. */
export function isRefusedHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  return refusedNames.has(host) || isRefusedAddress(host)
}

function isRefusedAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && refused.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

type LookupDone = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/** Resolves like the system does, but never to a refused address; judged at the very moment of connecting. */
export function guardedLookup(hostname: string, options: LookupOptions, done: LookupDone): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, [])
    const usable = addresses.filter(({ address }) => !isRefusedAddress(address))
    const [first] = usable
    if (first === undefined) {
      const refusal: NodeJS.ErrnoException = new Error(`${hostname} resolves to a link-local or metadata address`)
      refusal.code = 'EREFUSEDADDRESS'
      return done(refusal, [])
    }
    if (options.all) return done(null, usable)
    done(null, first.address, first.family)
  })
}
