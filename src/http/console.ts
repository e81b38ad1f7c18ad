import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Where the built console lies: undefined while it is being built, or why there is none. */
export type ConsoleFiles = () => { readonly folder: string } | { readonly problem: string } | undefined

/** Nothing but our own files, nothing inline, in no frame. */
const consolePolicy =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Paths that are never a page of the console. */
const others = /^\/(api|scim|healthz|readyz|metrics|openapi\.json)(\/|$)/

interface Served {
  readonly type: string
  readonly plain: Buffer
  readonly zipped: Buffer
}

/**
 * Serves the web console: its files by name, and for every other path that no endpoint has its start page, which shows the
 * page of that path. All files are read once, so that no request names a path on the disk.
 */
export function registerConsole(server: FastifyInstance, files: ConsoleFiles): void {
  let loaded: { readonly folder: string; readonly files: Promise<ReadonlyMap<string, Served>> } | undefined
  const of = (folder: string) => {
    if (loaded?.folder !== folder) loaded = { folder, files: readFiles(folder) }
    return loaded.files
  }

  server.get('/*', async (request, reply) => {
    const [path = '/'] = request.url.split('?')
    if (others.test(path)) return reply.callNotFound()
    const state = files()
    if (state === undefined || 'problem' in state) return notYet(reply, state?.problem)
    const served = await of(state.folder)
    const file = served.get(path)
    if (file === undefined && path.startsWith('/assets/')) return reply.callNotFound()
    const answer = file ?? served.get('/index.html')
    return answer === undefined ? reply.callNotFound() : send(request, reply, path, answer)
  })
}

function send(request: FastifyRequest, reply: FastifyReply, path: string, { type, plain, zipped }: Served) {
  const takesZipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  return reply
    .headers({
      'content-security-policy': consolePolicy,
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(takesZipped ? { 'content-encoding': 'gzip' } : {}),
    })
    .type(type)
    .send(takesZipped ? zipped : plain)
}

function notYet(reply: FastifyReply, problem: string | undefined) {
  const text =
    problem === undefined
      ? 'The console is being built. This page looks again in two seconds.\n'
      : `The console cannot be shown. The API, SCIM and the command line work all the same.\n\n${problem}\n`
  if (problem === undefined) reply.header('refresh', '2')
  return reply.status(503).type('text/plain; charset=utf-8').send(text)
}

async function readFiles(folder: string): Promise<ReadonlyMap<string, Served>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const read = names.map(async (name) => {
    const type = types[extname(name)]
    if (type === undefined) return []
    const plain = await readFile(name)
    return [[`/${relative(folder, name).split(sep).join('/')}`, { type, plain, zipped: gzipSync(plain) }]] as const
  })
  return new Map((await Promise.all(read)).flat())
}
