import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Files, TextOutput } from '../cli/environment.ts'
import { fail } from '../domain/errors.ts'

const maxStdinBytes = 1_048_576

/** Files as commands name them; what cannot be read or written is said in words. */
export const files: Files = {
  async readText(path) {
    try {
      return await readFile(path, 'utf8')
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
      throw fail.usage(`The file ${resolve(path)} ${why}.`, { cause: thrown, hint: 'Check the path.' })
    }
  },
  async writeText(path, text, { replace = false, secret = false } = {}) {
    try {
      await writeFile(path, text, { flag: replace ? 'w' : 'wx', mode: secret ? 0o600 : 0o666 })
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      if (code === 'ENOSPC') throw fail.diskFull(`There is no space left for ${resolve(path)}.`, { cause: thrown })
      const why = code === 'EEXIST' ? 'exists already' : `cannot be written (${code})`
      throw fail.usage(`The file ${resolve(path)} ${why}.`, { cause: thrown, hint: 'Choose another path.' })
    }
  },
}

/** Standard input to its end. Throws `usage` when it holds more than 1 MB. */
export async function readStdin(): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of process.stdin) {
    size += (part as Buffer).length
    if (size > maxStdinBytes)
      throw fail.usage('Standard input holds more than 1 MB.', { hint: 'Is it the right file?' })
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** One of the two outputs. */
export function textOutput(stream: NodeJS.WriteStream): TextOutput {
  return {
    write: (text) => void stream.write(text),
    get isTty() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns ?? 80
    },
  }
}
