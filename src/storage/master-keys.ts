import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { fail } from '../domain/errors.ts'
import { newId } from '../platform/ids.ts'
import { keyBytes, keyIdOf } from './sealing.ts'
import { storeError } from './store-error.ts'

export interface MasterKeyOptions {
  /** 32 bytes; kept by the administrator. Without it the key is made in the data directory. */
  readonly masterKey?: Buffer | undefined
  /** Keys of before, so that `rotate` can read what they sealed. */
  readonly previousMasterKeys?: readonly Buffer[] | undefined
  readonly dataDir?: string | undefined
}

/** The keys that seal secrets. Never part of the store or a backup. */
export interface MasterKeys {
  /** The key that seals from now on; made at first use. Throws `config-invalid` when there is nowhere to keep one. */
  current(): Buffer
  byId(keyId: string): Buffer | undefined
  /** Brings in a new key; what `commit` does not confirm is readable under both. */
  next(): { readonly key: Buffer; commit(): void }
}

export function masterKeys({ masterKey, previousMasterKeys = [], dataDir }: MasterKeyOptions): MasterKeys {
  for (const key of [masterKey, ...previousMasterKeys]) {
    if (key !== undefined && key.length !== keyBytes) {
      throw fail.configInvalid(`A master key has ${keyBytes} bytes, this one has ${key.length}.`, {
        hint: 'Make one with `openssl rand -base64 32`.',
      })
    }
  }
  if (masterKey !== undefined) return givenKeys(masterKey, previousMasterKeys)
  return fileKeys(dataDir, previousMasterKeys)
}

function givenKeys(masterKey: Buffer, previous: readonly Buffer[]): MasterKeys {
  return {
    current: () => masterKey,
    byId: (keyId) => [masterKey, ...previous].find((key) => keyIdOf(key) === keyId),
    next: () => {
      if (previous.length > 0) return { key: masterKey, commit: () => undefined }
      throw fail.usage('The master key is given from outside, so a new one must be as well.', {
        hint: 'Start with the new key as master key and the present one as previous key, then rotate again.',
      })
    },
  }
}

/** `master.key`, and `master.key.next` while a rotation is under way; both are read again when a key is not known. */
function fileKeys(dataDir: string | undefined, previous: readonly Buffer[]): MasterKeys {
  const path = dataDir === undefined ? undefined : join(dataDir, 'master.key')
  const nextPath = `${path}.next`
  const read = () => (path === undefined ? [] : [readKey(path), readKey(nextPath)].filter((key) => key !== undefined))
  return {
    current: () => {
      if (path === undefined) throw nowhere()
      return readKey(nextPath) ?? readKey(path) ?? makeKey(path)
    },
    byId: (keyId) => [...read(), ...previous].find((key) => keyIdOf(key) === keyId),
    next: () => {
      if (path === undefined) throw nowhere()
      return { key: readKey(nextPath) ?? makeKey(nextPath), commit: () => adopt(nextPath, path) }
    },
  }
}

/** Another process may have finished the same rotation already. */
function adopt(nextPath: string, path: string): void {
  try {
    renameSync(nextPath, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw storeError(error, `The master key ${path} cannot be replaced`)
  }
}

function nowhere() {
  return fail.configInvalid('There is no master key to seal secrets with.', {
    hint: 'Set MUSTER_MASTER_KEY (32 bytes, base64), or give a data directory where one can be kept.',
  })
}

function readKey(path: string): Buffer | undefined {
  try {
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url')
    if (key.length === keyBytes) return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw storeError(error, `The master key ${path} cannot be read`)
  }
  throw fail.storeUnavailable(`The file ${path} is not a master key.`, {
    hint: 'Put the right file back, or remove it: secrets must then be entered anew.',
  })
}

/** A complete file or none; when two processes make one, both use the first. */
function makeKey(path: string): Buffer {
  const draft = `${path}.${newId()}`
  const key = randomBytes(keyBytes)
  try {
    const file = openSync(draft, 'wx', 0o600)
    writeSync(file, `${key.toString('base64url')}\n`)
    fsyncSync(file)
    closeSync(file)
    linkSync(draft, path)
    chmodSync(path, 0o600)
    return key
  } catch (error) {
    const known = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readKey(path) : undefined
    if (known !== undefined) return known
    throw storeError(error, `The master key ${path} cannot be written`)
  } finally {
    rmSync(draft, { force: true })
  }
}
