import { isIP } from 'node:net'
import { z } from 'zod'

const listen = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):\d{1,5}$/, 'write host:port, for example 127.0.0.1:8080 or [::1]:8080')

const proxy = z.string().refine((text) => isNetwork(text), 'must be an address or a network such as 10.0.0.0/8')

/** Top-level `server` of the configuration file (D22). */
export const serverSchema = z.strictObject({
  listen: listen.default('127.0.0.1:8080'),
  /** Address under which people and identity providers reach this server; the Host header is never believed. */
  publicUrl: z.url({ protocol: /^https?$/, error: 'write an address that begins with https://' }).optional(),
  /** Forwarded headers count only from these addresses. */
  trustedProxies: z.array(proxy).default([]),
  /** PEM files. */
  tls: z.strictObject({ cert: z.string().min(1), key: z.string().min(1) }).optional(),
  /** Serve plain HTTP beyond this machine although nothing encrypts it. */
  insecureHttp: z.boolean().default(false),
})
export type ServerSettings = z.output<typeof serverSchema>

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

export function listenAddress(text: string): ListenAddress {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}
