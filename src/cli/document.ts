import { parse, YAMLParseError } from 'yaml'
import { fail } from '../domain/errors.ts'
import type { CliEnvironment } from './environment.ts'

export type Document = Record<string, unknown>

/** Where a document comes from: a file, single settings, and secrets that must not stand in the command line. */
export interface DocumentParts {
  readonly file: string | undefined
  /** `name=value`; a dot leads into a section, the value is read as YAML: `guards.creates.floor=50`. */
  readonly set: readonly string[]
  /** `name=VARIABLE` */
  readonly secretEnv: readonly string[]
  /** `name=path` */
  readonly secretFile: readonly string[]
  /** Name of the setting whose value comes on standard input. */
  readonly secretStdin: string | undefined
}

/** Whether the parts describe no document at all. */
export function isNothing(parts: DocumentParts): boolean {
  return Object.values(parts).every((part) => part === undefined || part.length === 0)
}

/** The document that the parts describe, on top of `before`. Throws `usage` and `config-invalid`. */
export async function readDocument(
  { file, set, secretEnv, secretFile, secretStdin }: DocumentParts,
  section: 'sources' | 'targets' | 'connections' | 'notifications' | 'auth',
  key: string,
  environment: Pick<CliEnvironment, 'files' | 'readStdin'>,
  before: Document = {},
): Promise<Document> {
  const fromFile =
    file === undefined ? {} : oneOf(parseDocument(await environment.files.readText(file), file), section, key)
  const document: Document = structuredClone({ ...before, ...fromFile })
  for (const assignment of set) {
    const [name, text] = assigned(assignment, '--set')
    put(document, name, settingOf(text, assignment))
  }
  for (const assignment of secretEnv) {
    const [name, variable] = assigned(assignment, '--secret-env')
    put(document, name, { env: variable })
  }
  for (const assignment of secretFile) {
    const [name, path] = assigned(assignment, '--secret-file')
    put(document, name, { file: path })
  }
  if (secretStdin !== undefined) {
    const value = (await environment.readStdin()).replace(/\r?\n$/, '')
    if (value === '')
      throw fail.usage('Standard input was empty, so there is no secret.', {
        hint: 'Pipe it in, e.g. `cat secret | muster ...`.',
      })
    put(document, secretStdin, { value })
  }
  if (Object.keys(document).length === 0) {
    throw fail.usage(`There is nothing to save for "${key}".`, { hint: 'Give --file FILE or --set name=value.' })
  }
  return document
}

/** YAML or JSON as an object. Throws `config-invalid` with line and column. */
export function parseDocument(text: string, file: string): Document {
  let parsed: unknown
  try {
    parsed = parse(text)
  } catch (thrown) {
    if (!(thrown instanceof YAMLParseError)) throw thrown
    const { line, col } = thrown.linePos?.[0] ?? { line: 1, col: 1 }
    throw fail.configInvalid(`${file} is not YAML.`, {
      problems: [{ where: `${file}:${line}:${col}`, message: thrown.message.split('\n')[0] ?? 'not YAML' }],
      cause: thrown,
    })
  }
  if (isDocument(parsed)) return parsed
  throw fail.configInvalid(`${file} does not hold settings: an object with names and values is expected.`)
}

/** A whole configuration may be given too; then its part of that name is taken. */
function oneOf(document: Document, section: string, key: string): Document {
  const part = document[section]
  if (!isDocument(part)) return document
  const own = part[key]
  if (isDocument(own)) return own
  throw fail.usage(`The file has no ${section}.${key}.`, { hint: `It has: ${Object.keys(part).join(', ')}.` })
}

function assigned(text: string, option: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw fail.usage(`${option} needs name=value, not "${text}".`)
}

function settingOf(text: string, assignment: string): unknown {
  try {
    return parse(text)
  } catch (thrown) {
    throw fail.usage(`The value in "${assignment}" cannot be read as YAML.`, {
      hint: `Put it in quotes, also for the shell: --set 'name="value"'.`,
      cause: thrown,
    })
  }
}

function put(document: Document, path: string, value: unknown): void {
  const names = path.split('.')
  const last = names.pop() ?? ''
  if ([...names, last].some((name) => name === '' || name === '__proto__')) {
    throw fail.usage(`"${path}" is not the name of a setting.`)
  }
  let place = document
  for (const name of names) {
    const inner = Object.hasOwn(place, name) ? place[name] : undefined
    if (isDocument(inner)) place = inner
    else {
      const made: Document = {}
      place[name] = made
      place = made
    }
  }
  place[last] = value
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
