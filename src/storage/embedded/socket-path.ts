import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail } from '../../domain/errors.ts'

/** macOS keeps 104 bytes for the path of a unix socket and Linux 108, each with a closing zero (unix(7)). */
const longestSocketPath = 103

/** What `psql -h <folder>` looks for. */
const socketName = '.s.PGSQL.5432'

/** The socket of a data directory: inside it, or in a private folder below the temporary one where the path is too long. */
export function socketPathFor(dataDir: string): string {
  const inside = join(dataDir, socketName)
  if (Buffer.byteLength(inside) <= longestSocketPath) return inside
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `muster-${name}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  assertPrivate(folder)
  return join(folder, socketName)
}

/** The temporary folder belongs to everybody: somebody else may have made ours first. */
function assertPrivate(folder: string): void {
  const facts = lstatSync(folder)
  const isOurs = facts.isDirectory() && facts.uid === (process.getuid?.() ?? facts.uid) && (facts.mode & 0o077) === 0
  if (isOurs) return
  throw fail.storeUnavailable(`The folder ${folder} for the store's socket is not private to this user.`, {
    hint: 'Remove that folder, or choose a data directory with a shorter path.',
  })
}
