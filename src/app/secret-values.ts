import { readFile } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { Secret } from '../platform/secret.ts'
import type { SettingKind } from '../ports/configuration.ts'
import type { SecretStore } from '../ports/secrets.ts'
import type { Finding, Path } from './finding.ts'
import { isReference, type SecretReference } from './secret-reference.ts'

/** Where references lead. */
export interface SecretPlaces {
  readonly secrets: SecretStore
  /** Environment variables, handed in by the program. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Relative paths are meant from here. */
  readonly baseDir: string
}

const maxFileBytes = 65_536

/** Owner of a sealed secret in the store: `target:acme`. */
export function secretOwner(kind: 'source' | 'target' | SettingKind, key: string): string {
  return `${kind}:${key}`
}

/** The secret behind a reference, or what an administrator has to do to get it there. */
export async function secretValue(
  reference: unknown,
  owner: string,
  path: Path,
  places: SecretPlaces,
): Promise<Secret | Finding> {
  if (!isReference(reference)) return { path, message: 'does not say where the secret is' }
  if ('env' in reference) return fromVariable(reference.env, path, places)
  if ('file' in reference) return fromFile(reference.file, path, places)
  const value = await places.secrets.get(owner, String(path.at(-1)))
  if (value !== undefined) return new Secret(value)
  return {
    path,
    message: 'is not set: no secret is sealed for it here, or the master key that sealed it is lost',
    hint: 'Enter the secret again.',
  }
}

function fromVariable(name: string, path: Path, { variables }: SecretPlaces): Secret | Finding {
  const value = variables[name]
  if (value !== undefined && value !== '') return new Secret(value)
  return {
    path: [...path, 'env'],
    message: `names the environment variable ${name}, which is ${value === undefined ? 'not set' : 'empty'}`,
    hint: `Set ${name} where Muster is started.`,
  }
}

async function fromFile(file: string, path: Path, { baseDir }: SecretPlaces): Promise<Secret | Finding> {
  const full = isAbsolute(file) ? file : resolve(baseDir, file)
  const finding = (message: string, hint: string) => ({ path: [...path, 'file'], message, hint })
  try {
    const bytes = await readFile(full)
    if (bytes.length > maxFileBytes) {
      return finding(
        `names the file ${full}, which is too large for a secret`,
        'Name the file that holds only the secret.',
      )
    }
    const value = bytes.toString('utf8').replace(/[\r\n]+$/, '')
    return value === ''
      ? finding(`names the file ${full}, which is empty`, 'Write the secret into it.')
      : new Secret(value)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    return finding(`names the file ${full}, which ${why}`, 'Correct the path, or make the file readable for Muster.')
  }
}

/** Whether a secret can be had right now, without keeping it. */
export async function isSet(
  reference: SecretReference,
  owner: string,
  field: string,
  places: SecretPlaces,
): Promise<boolean> {
  return (await secretValue(reference, owner, [field], places)) instanceof Secret
}
