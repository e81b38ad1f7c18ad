import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { fail } from '../domain/errors.ts'
import { storeError } from './store-error.ts'

/**
 * A backup is gzip over lines of JSON: a header, then per table a line that names it and one line a row, then a trailer
 * with the number of rows of each table and the SHA-256 of all lines before it. It knows no store: what was written from
 * one can be read into the other.
 */

const formatName = 'muster-backup'
const formatVersion = 1

const headerSchema = z.object({
  format: z.literal(formatName),
  version: z.number().int(),
  schema: z.number().int(),
  createdAt: z.string(),
})
const nameSchema = z.string().regex(/^[a-z_]{1,60}$/)
const tableSchema = z.object({ table: nameSchema, columns: z.array(nameSchema).min(1) })
const trailerSchema = z.object({ rows: z.record(z.string(), z.number()), sha256: z.string() })

export type BackupHeader = z.output<typeof headerSchema>

export interface BackupFacts {
  /** Number of the schema the rows belong to. */
  readonly schema: number
  readonly createdAt: string
  readonly rows: Readonly<Record<string, number>>
}

export type TableHeader = z.output<typeof tableSchema>

/** Rows of one table, each a JSON array in the order of the columns, in pages. */
export interface TableRows extends TableHeader {
  readonly pages: AsyncIterable<readonly string[]>
}

export async function writeBackupFile(
  file: string,
  schema: number,
  createdAt: string,
  tables: AsyncIterable<TableRows>,
): Promise<BackupFacts> {
  const header: BackupHeader = { format: formatName, version: formatVersion, schema, createdAt }
  const rows: Record<string, number> = {}
  const hash = createHash('sha256')
  const lines = async function* () {
    yield hashed(hash, `${JSON.stringify(header)}\n`)
    for await (const { table, columns, pages } of tables) {
      yield hashed(hash, `${JSON.stringify({ table, columns })}\n`)
      rows[table] = 0
      for await (const page of pages) {
        rows[table] += page.length
        if (page.length > 0) yield hashed(hash, `${page.join('\n')}\n`)
      }
    }
    yield `${JSON.stringify({ rows, sha256: hash.digest('hex') })}\n`
  }
  try {
    await pipeline(
      Readable.from(lines()),
      createGzip({ level: 5 }),
      createWriteStream(file, { mode: 0o600, flush: true }),
    )
  } catch (error) {
    throw storeError(error, `The backup ${file} cannot be written`)
  }
  return { schema, createdAt, rows }
}

function hashed(hash: Hash, text: string): string {
  hash.update(text)
  return text
}

/** What a reader does with a backup as it streams by. Nothing counts before `readBackupFile` has ended. */
export interface BackupReader {
  header(header: BackupHeader): Promise<void>
  /** Rows of one table as JSON arrays; called in the order of the file. */
  rows(table: TableHeader, page: readonly string[]): Promise<void>
}

/** Reads a whole backup. Throws `usage` for a file that is cut, changed, or no backup; the caller then undoes. */
export async function readBackupFile(file: string, reader: BackupReader, pageSize: number): Promise<BackupFacts> {
  const progress: Progress = { header: undefined, table: undefined, page: [], counts: {}, hash: createHash('sha256') }
  let facts: BackupFacts | undefined
  try {
    for await (const line of linesOf(file)) {
      if (facts !== undefined) throw notBackup(file, 'something follows its end')
      if (progress.header === undefined) await readHeader(file, line, progress, reader)
      else if (isRow(line, progress)) await readRow(line, progress, reader, pageSize)
      else facts = await readMark(file, line, progress, reader)
    }
  } catch (error) {
    throw fileError(error, file)
  }
  if (facts === undefined) throw cut(file)
  return facts
}

interface Progress {
  header: BackupHeader | undefined
  table: TableHeader | undefined
  page: string[]
  counts: Record<string, number>
  readonly hash: Hash
}

/** Only a line feed ends a line: readline would also split at U+2028, which a name may hold. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const text = createGunzip()
  const input = createReadStream(file)
  input.on('error', (error) => text.destroy(error))
  input.pipe(text).setEncoding('utf8')
  let rest = ''
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    input.destroy()
  }
  if (rest !== '') yield rest
}

async function readHeader(file: string, line: string, progress: Progress, reader: BackupReader): Promise<void> {
  const header = headerSchema.safeParse(parsed(line)).data
  if (header === undefined) throw notBackup(file, 'it does not start like one')
  if (header.version > formatVersion) {
    throw fail.schemaNewer(`The backup ${file} was written by a newer Muster.`, {
      hint: 'Restore it with that version.',
    })
  }
  progress.header = header
  progress.hash.update(`${line}\n`)
  await reader.header(header)
}

/** Rows are arrays, everything else is an object. */
function isRow(line: string, { table }: Progress): boolean {
  return table !== undefined && line.startsWith('[')
}

async function readRow(line: string, progress: Progress, reader: BackupReader, pageSize: number): Promise<void> {
  progress.hash.update(`${line}\n`)
  progress.page.push(line)
  if (progress.page.length >= pageSize) await hand(progress, reader)
}

async function hand(progress: Progress, reader: BackupReader): Promise<void> {
  const { table, page } = progress
  if (table === undefined || page.length === 0) return
  progress.page = []
  progress.counts[table.table] = (progress.counts[table.table] ?? 0) + page.length
  await reader.rows(table, page)
}

/** A line between rows: the next table, or the trailer. */
async function readMark(file: string, line: string, progress: Progress, reader: BackupReader) {
  await hand(progress, reader)
  const value = parsed(line)
  const mark = tableSchema.safeParse(value).data
  if (mark !== undefined) {
    progress.hash.update(`${line}\n`)
    progress.table = mark
    progress.counts[mark.table] ??= 0
    return undefined
  }
  const trailer = trailerSchema.safeParse(value).data
  const { header, counts } = progress
  if (trailer === undefined || header === undefined) throw notBackup(file, 'a line of it is unreadable')
  const sameCounts = Object.entries(trailer.rows).every(([table, count]) => counts[table] === count)
  if (trailer.sha256 !== progress.hash.digest('hex') || !sameCounts) throw notBackup(file, 'its check sum is wrong')
  return { schema: header.schema, createdAt: header.createdAt, rows: trailer.rows } satisfies BackupFacts
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function fileError(error: unknown, file: string) {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR') return cut(file)
  if (code?.startsWith('Z_') === true) return notBackup(file, 'it is not compressed like one')
  if (code === 'ENOENT') return fail.usage(`There is no file ${file}.`)
  return storeError(error, `The backup ${file} cannot be read`)
}

function cut(file: string) {
  return fail.usage(`The backup ${file} is cut: its end is missing. Nothing was restored.`, {
    hint: 'Copy it again, or use another backup.',
  })
}

function notBackup(file: string, why: string) {
  return fail.usage(`The file ${file} is not a whole backup of Muster: ${why}. Nothing was restored.`, {
    hint: 'Use a file that `muster backup` wrote.',
  })
}
