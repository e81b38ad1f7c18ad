import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a real PostgreSQL on which nothing gets through for a while; connections stay open, as behind a dead network. */
export interface StallingDatabase {
  readonly databaseUrl: string
  stall(): void
  /** Passes on what was said meanwhile. */
  goOn(): void
  close(): Promise<void>
}

/** `behind`: the URL of a database on a unix socket. */
export async function startStallingDatabase(behind: string): Promise<StallingDatabase> {
  const url = new URL(behind.replace('@/', '@localhost/'))
  const socketPath = `${url.searchParams.get('host')}/.s.PGSQL.5432`
  const sockets = new Set<Socket>()
  let isStalled = false
  let waiting: (() => void)[] = []
  const pass = (from: Socket, to: Socket) => {
    sockets.add(from)
    from.on('data', (bytes) => {
      if (isStalled) waiting.push(() => to.write(bytes))
      else to.write(bytes)
    })
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.end()
    })
  }
  const server = createServer((client) => {
    const database = connect(socketPath)
    pass(client, database)
    pass(database, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    databaseUrl: `postgresql://${url.username}@127.0.0.1:${port}${url.pathname}`,
    stall: () => {
      isStalled = true
    },
    goOn: () => {
      isStalled = false
      const late = waiting
      waiting = []
      for (const say of late) say()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
