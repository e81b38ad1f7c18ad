import { mkdirSync, readFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { fail } from '../../domain/errors.ts'
import { newId } from '../../platform/ids.ts'

/**
 * The first start unpacks a ready-made PostgreSQL data directory instead of running initdb, which takes seconds and
 * hundreds of megabytes inside WASM. `scripts/make-empty-store.ts` makes the archive anew for each PGlite version.
 */
const archive = new URL('./empty-store.tgz', import.meta.url)

/** First entry of the archive: the PGlite version that made it. */
export const versionEntry = 'pglite-version'

const blockSize = 512

interface Entry {
  readonly name: string
  readonly isFolder: boolean
  readonly content: Buffer
}

/** Files that are written and synced side by side, so that a slow disk commits several at once. */
const lanes = 16

/** Makes `clusterDir` at once or not at all: what a killed first start leaves has another name. */
export async function makeCluster(clusterDir: string): Promise<void> {
  const draft = join(dirname(clusterDir), `.cluster-${newId()}`)
  try {
    const entries = [...entriesOf(gunzipSync(readFileSync(archive)))]
    for (const { name, isFolder } of entries) {
      mkdirSync(join(draft, isFolder ? name : dirname(name)), { recursive: true, mode: 0o700 })
    }
    const files = entries.filter(({ isFolder }) => !isFolder).values()
    const lane = async () => {
      for (const { name, content } of files) await writeDurably(join(draft, name), content)
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    await rename(draft, clusterDir)
    await syncFolder(dirname(clusterDir))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** @internal The PGlite version the shipped archive was made with. */
export function archiveVersion(): string | undefined {
  for (const entry of entriesOf(gunzipSync(readFileSync(archive)))) {
    if (entry.name === versionEntry) return entry.content.toString('utf8').trim()
  }
  return undefined
}

/** Entries of a ustar archive (POSIX pax, "ustar Interchange Format"): a 512-byte header, then the content in blocks. */
function* entriesOf(tar: Buffer): Generator<Entry> {
  for (let at = 0; at + blockSize <= tar.length; ) {
    const name = text(tar, at, 100)
    if (name === '') return
    const size = Number.parseInt(text(tar, at + 124, 12), 8)
    const type = text(tar, at + 156, 1)
    const start = at + blockSize
    if (!Number.isSafeInteger(size) || start + size > tar.length || name.split('/').includes('..')) {
      throw fail.bug('The ready-made data directory that came with the program is damaged.', {
        hint: 'Install the program again.',
      })
    }
    yield { name: name.replace(/\/$/, ''), isFolder: type === '5', content: tar.subarray(start, start + size) }
    at = start + Math.ceil(size / blockSize) * blockSize
  }
}

function text(tar: Buffer, start: number, length: number): string {
  const end = tar.indexOf(0, start)
  return tar.toString('utf8', start, end < 0 || end > start + length ? start + length : end)
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
