import type { FastifyInstance } from 'fastify'
import { isLoopback, listenAddress, type ServerSettings } from '../app/server-settings.ts'
import { fail, type ProvisioningError } from '../domain/errors.ts'

export interface Listening {
  /** With the port that was taken, also when any was asked for. */
  readonly url: string
  /** What an administrator should know about this address. */
  readonly notes: readonly string[]
}

/** Throws `config-invalid` for an address that others can reach although nothing protects what is said there (D22). */
export function refuseUnprotected(settings: ServerSettings): void {
  const { host } = listenAddress(settings.listen)
  if (isLoopback(host) || settings.tls !== undefined || settings.trustedProxies.length > 0 || settings.insecureHttp)
    return
  throw fail.configInvalid(
    `server.listen ${settings.listen} can be reached from other machines, but nothing encrypts it.`,
    {
      hint:
        'Set server.tls, or put a proxy with TLS in front and name it in server.trustedProxies; ' +
        '--insecure-http serves it all the same.',
    },
  )
}

/** Starts to listen. Throws `usage` when the address cannot be had. */
export async function listen(server: FastifyInstance, settings: ServerSettings): Promise<Listening> {
  refuseUnprotected(settings)
  const { host, port } = listenAddress(settings.listen)
  try {
    await server.listen({ host, port })
  } catch (thrown) {
    throw addressTaken(settings.listen, thrown)
  }
  const address = server.server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  const scheme = settings.tls === undefined ? 'http' : 'https'
  const isOpen = !isLoopback(host) && settings.tls === undefined
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    notes:
      isOpen && settings.trustedProxies.length === 0
        ? [`WARNING: ${settings.listen} is served over plain HTTP; tokens and secrets cross the network readable.`]
        : [],
  }
}

function addressTaken(address: string, thrown: unknown): ProvisioningError {
  const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown'
  const { port } = listenAddress(address)
  switch (code) {
    case 'EADDRINUSE':
      return fail.usage(`${address} is already in use.`, {
        cause: thrown,
        hint: `Another Muster or another program listens there. Choose another port: --port ${port + 1}`,
      })
    case 'EACCES':
      return fail.usage(`${address} may not be used: ports below 1024 need special rights.`, {
        cause: thrown,
        hint: 'Choose a port above 1023 and put a proxy in front.',
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return fail.usage(`${address} is not an address of this machine.`, {
        cause: thrown,
        hint: 'Use 127.0.0.1:8080, or an address this machine has.',
      })
    default:
      return fail.usage(`It is not possible to listen at ${address} (${code}).`, { cause: thrown })
  }
}
