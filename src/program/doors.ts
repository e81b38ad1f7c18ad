import type { OpenApi, OpenOptions } from '../cli/environment.ts'
import { inProcessFetch, insideUrl } from '../http/in-process.ts'
import { createHttpServer } from '../http/server.ts'
import { version } from '../platform/version.ts'
import { type Instance, openInstance } from './instance.ts'
import { logTo, type Machine, principal } from './machine.ts'

/** The API that a command speaks to: of a server elsewhere, or of an instance in this process. */
export async function open(machine: Machine, options: OpenOptions): Promise<OpenApi> {
  const { url, token } = options
  if (url !== undefined) {
    return {
      fetch: machine.fetch,
      baseUrl: url,
      token,
      runsLive: 'server',
      where: url,
      close: async () => undefined,
    }
  }
  const instance = await openInstance(machine, { ...options, log: logTo(machine, process.stderr, 'silent') })
  return inside(instance, 'here', () => instance.close())
}

/** The API of an instance in this process. */
export async function inside(
  instance: Instance,
  runsLive: 'here' | 'server',
  close: () => Promise<void>,
): Promise<OpenApi> {
  const { app, settings, where } = instance
  const server = await createHttpServer({ app, settings, version, log: () => undefined })
  return {
    fetch: inProcessFetch(server, principal()),
    baseUrl: insideUrl,
    runsLive,
    where,
    async close() {
      await server.close().catch(() => undefined)
      await close().catch(() => undefined)
    },
  }
}
