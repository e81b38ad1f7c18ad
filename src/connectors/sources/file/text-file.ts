import { isUtf8 } from 'node:buffer'
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { Instant } from '../../../domain/identity.ts'

/** Small, so that parsing one piece never holds up the rest of the program for long. */
const chunkBytes = 64 * 1024

/** A disk answers in milliseconds; a network share that hangs must not hang a run. */
const answerWithinMs = 60_000
const closedWithinMs = 5_000

/** A file as it was when the read began. */
export interface TextFile {
  /** As written in the settings; all messages use it. */
  readonly name: string
  readonly path: string
  readonly bytes: number
  /** Undefined where the server of the file does not say. */
  readonly modifiedAt: Instant | undefined
  /** Changes whenever the content may have changed. */
  readonly state: string
  /** The text of a file that was fetched whole. */
  readonly content?: string
}

/** Looks a file up. Throws `incomplete-read` (missing, too big), `forbidden`, `config-invalid` (not a file), `unreachable`. */
export async function lookUp(name: string, baseDir: string, maxBytes: number): Promise<TextFile> {
  const path = resolve(baseDir, name)
  const found = await statOf(name, path)
  if (!found.isFile()) {
    throw fail.configInvalid(`${name} is not a file.`, { hint: 'Name a file, not a folder, pipe or device.' })
  }
  const bytes = Number(found.size)
  if (bytes > maxBytes) {
    throw fail.incompleteRead(
      `${name} has ${inMegabytes(bytes)} MB; at most ${inMegabytes(maxBytes)} MB are read, so nothing was read.`,
      { hint: 'Check that it is the right file, or raise maxSizeMb.' },
    )
  }
  return { name, path, bytes, modifiedAt: Number(found.mtimeMs), state: stateOf(found) }
}

function inMegabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)
}

function stateOf(found: BigIntStats): string {
  // The time of the last status change is part of it: copying tools set the modification time back.
  return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(':')
}

/** Throws `incomplete-read` when one of the files is no longer what it was when the read began. */
export async function proveUnchanged(files: readonly TextFile[]): Promise<void> {
  for (const file of files) {
    if (file.content !== undefined) continue
    const now = stateOf(await statOf(file.name, file.path))
    if (now !== file.state) throw changed(file.name)
  }
}

function changed(name: string): ProvisioningError {
  return fail.incompleteRead(`${name} was changed while it was being read, so what was read may be half of it.`, {
    hint: 'Read again. Let the export write to another name and rename the finished file.',
  })
}

/**
 * The text of a file in pieces, without byte order mark. Throws `incomplete-read` for other encodings than UTF-8 (with
 * line and column) and for a file that is shorter or longer than it was; `cancelled` when the signal says so.
 */
export async function* readText(file: TextFile, signal: AbortSignal): AsyncGenerator<string> {
  if (file.content !== undefined) {
    yield* inPieces(file.name, file.content, signal)
    return
  }
  const handle = await opened(file)
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    let position = 0
    let kept = 0
    for (;;) {
      if (signal.aborted) throw fail.cancelled(`Reading ${file.name} was stopped.`)
      const { bytesRead } = await answered(handle.read(buffer, kept, chunkBytes - kept, position), file.name)
      if (bytesRead === 0) break
      const first = position === 0
      position += bytesRead
      if (position > file.bytes) throw changed(file.name)
      const filled = buffer.subarray(0, kept + bytesRead)
      if (first) refuseOtherEncodings(filled, file.name)
      const whole = filled.subarray(0, wholeCharacters(filled))
      const start = position - filled.length
      if (!isUtf8(whole)) throw await badByte(handle, file.name, start + firstInvalid(whole), notUtf8)
      const zero = whole.indexOf(0)
      if (zero >= 0) throw await badByte(handle, file.name, start + zero, 'there is a zero byte, which no text holds')
      const text = whole.toString('utf8', first && isMarked(whole) ? 3 : 0)
      kept = filled.copy(buffer, 0, whole.length)
      if (text !== '') yield text
    }
    if (kept > 0) throw await badByte(handle, file.name, position - kept, notUtf8)
    if (position < file.bytes) throw changed(file.name)
  } finally {
    // Closing waits for a read that hangs; it must not hang with it.
    await answered(handle.close(), file.name, closedWithinMs)
  }
}

/** Pieces that cut no character in two. */
async function* inPieces(name: string, text: string, signal: AbortSignal): AsyncGenerator<string> {
  const zero = text.indexOf('\0')
  if (zero >= 0) throw wrongText(name, 'there is a zero byte, which no text holds')
  for (let start = 0; start < text.length; ) {
    if (signal.aborted) throw fail.cancelled(`Reading ${name} was stopped.`)
    const end = start + chunkBytes
    const isSplit = /[\uD800-\uDBFF]/.test(text.charAt(end - 1))
    yield text.slice(start, isSplit ? end + 1 : end)
    start = isSplit ? end + 1 : end
  }
}

async function statOf(name: string, path: string): Promise<BigIntStats> {
  return answered(stat(path, { bigint: true }), name)
}

async function opened(file: TextFile): Promise<FileHandle> {
  // Without O_NONBLOCK a pipe put in place of the file since we looked would block for ever.
  return answered(open(file.path, constants.O_RDONLY | constants.O_NONBLOCK), file.name)
}

/** An answer of the file system in time, its errors as ours. */
async function answered<Answer>(asked: Promise<Answer>, name: string, withinMs = answerWithinMs): Promise<Answer> {
  const late = new AbortController()
  const timeout = sleep(withinMs, 'late' as const, { signal: late.signal, ref: false })
  timeout.catch(() => undefined)
  try {
    const answer = await Promise.race([asked.then((value) => ({ value })), timeout])
    if (answer === 'late') {
      throw fail.unreachable(`${name} did not answer within ${withinMs / 1000} seconds.`, {
        hint: 'Check the disk or network share it lies on.',
      })
    }
    return answer.value
  } catch (error) {
    throw asFileError(error, name)
  } finally {
    late.abort()
  }
}

function asFileError(error: unknown, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fail.incompleteRead(`${name} does not exist. A missing file is never taken for "nobody".`, {
        hint: 'Check the path (a relative one starts at the folder of the configuration file) and whether the export has run.',
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
      return fail.forbidden(`${name} may not be read by the account this program runs as.`, {
        hint: 'Give that account the right to read the file and to enter its folders.',
        cause: error,
      })
    case 'EISDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      return fail.configInvalid(`${name} is not a file.`, { hint: 'Name a file, not a folder.', cause: error })
    default:
      if (!/^E[A-Z0-9]+$/.test(code)) return error
      return fail.unreachable(`${name} could not be read (${code}).`, {
        hint: 'Check the disk or network share it lies on.',
        cause: error,
      })
  }
}

// --- UTF-8 -----------------------------------------------------------------------------------------------------------

const notUtf8 = 'this is not UTF-8 text (perhaps Latin-1 or Windows-1252)'

function isMarked(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function refuseOtherEncodings(bytes: Buffer, name: string): void {
  const [a, b] = bytes
  const isMarked16 = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)
  const everyOtherIsZero = bytes.length >= 2 && (a === 0) !== (b === 0)
  if (isMarked16 || everyOtherIsZero) {
    throw wrongText(`${name}:1:1`, 'the file looks like UTF-16; only UTF-8 text is read')
  }
}

/** How many bytes from the start hold no cut character at their end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) return characterBytes(byte) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function characterBytes(lead: number): number {
  if (lead >= 0xf0) return 4
  if (lead >= 0xe0) return 3
  return lead >= 0xc0 ? 2 : 1
}

function firstInvalid(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length) {
    const length = characterBytes(bytes[at] ?? 0)
    if (!isUtf8(bytes.subarray(at, at + length))) return at
    at += length
  }
  return at
}

/** The place is only worked out when it is needed: the file is walked again up to the bad byte. */
async function badByte(handle: FileHandle, name: string, offset: number, message: string): Promise<ProvisioningError> {
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let line = 1
  let lineStart = 0
  for (let position = 0; position < offset; ) {
    const { bytesRead } = await answered(
      handle.read(buffer, 0, Math.min(chunkBytes, offset - position), position),
      name,
    )
    if (bytesRead === 0) break
    const part = buffer.subarray(0, bytesRead)
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) {
      line += 1
      lineStart = position + at + 1
    }
    position += bytesRead
  }
  return wrongText(`${name}:${line}:${offset - lineStart + 1}`, message)
}

function wrongText(where: string, message: string): ProvisioningError {
  const hint = 'Export the file as UTF-8 (in Excel: "CSV UTF-8"), or convert it with iconv -t UTF-8.'
  return fail.incompleteRead(`${where}: ${message}.`, { hint, problems: [{ where, message, hint }] })
}
