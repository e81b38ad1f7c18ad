import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** A mail server that takes everything (RFC 5321, without TLS), or refuses everybody while it is down. */
export interface SmtpServer {
  readonly port: number
  readonly mails: readonly { readonly to: readonly string[]; readonly text: string }[]
  isDown: boolean
  close(): Promise<void>
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const mails: { to: string[]; text: string }[] = []
  const sockets = new Set<Socket>()
  const state = { isDown: false }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    if (state.isDown) return socket.end('421 4.3.2 not now\r\n')
    socket.write('220 mail.example.test ready\r\n')
    let to: string[] = []
    let data: string | undefined
    let rest = ''
    socket.on('data', (part) => {
      rest += String(part)
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (data !== undefined) {
          if (line !== '.') {
            data += `${line}\n`
            continue
          }
          mails.push({ to, text: data })
          to = []
          data = undefined
          socket.write('250 taken\r\n')
          continue
        }
        const verb = line.slice(0, 4).toUpperCase()
        if (verb === 'RCPT') to.push(/<([^>]*)>/.exec(line)?.[1] ?? '')
        if (verb === 'DATA') data = ''
        if (verb === 'QUIT') return socket.end('221 bye\r\n')
        socket.write(verb === 'DATA' ? '354 go on\r\n' : '250 ok\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    get isDown() {
      return state.isDown
    },
    set isDown(isDown) {
      state.isDown = isDown
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
