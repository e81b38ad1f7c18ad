import { extname } from 'node:path/posix'
import { fail } from '../../../domain/errors.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { FileConfig } from './config.ts'
import { readCsvFiles } from './csv-files.ts'
import { Faults } from './faults.ts'
import { readJsonFile } from './json-file.ts'
import { readLdifFile } from './ldif-file.ts'
import type { FileRead } from './records.ts'
import { Roster } from './roster.ts'
import { lookUp, proveUnchanged, type TextFile } from './text-file.ts'
import { isWebAddress, WebFiles, withoutQuery } from './web-files.ts'

export type FileFormat = 'csv' | 'json' | 'ldif'

/** Which files, in which format; names as in the settings. */
export interface FileSet {
  readonly format: FileFormat
  /** The one file, or the people of a CSV source. */
  readonly main: string
  readonly groups: string | undefined
  readonly memberships: string | undefined
}

/** Decides format and files from the settings. Throws `config-invalid`. */
export function fileSetOf(config: FileConfig, key: string): FileSet {
  const { path, people, groups, memberships } = config
  const main = people ?? path
  const about = `The source ${key}`
  if (main === undefined) {
    throw fail.configInvalid(`${about} names no file.`, {
      hint: 'Set path (JSON, LDIF), or people and perhaps groups and memberships (CSV).',
    })
  }
  if (people !== undefined && path !== undefined) {
    throw fail.configInvalid(`${about} names both path and people.`, {
      hint: 'Use people for CSV, path for JSON and LDIF.',
    })
  }
  const format = config.format ?? formatOf(main)
  if (format === undefined) {
    throw fail.configInvalid(`The format of ${withoutQuery(main)} cannot be told from its name.`, {
      hint: 'Set format: csv, json or ldif.',
    })
  }
  if (format !== 'csv' && (groups !== undefined || memberships !== undefined)) {
    throw fail.configInvalid(`${about} names files for groups or memberships, but ${format} is one file.`, {
      hint: 'Put groups into the same file, or use CSV.',
    })
  }
  if (format === 'json' && config.trailer !== undefined) {
    throw fail.configInvalid(`${about} asks for a closing line, which JSON cannot have.`, {
      hint: 'Remove trailer: a cut JSON file is recognised anyway, and `count` in the file proves its numbers.',
    })
  }
  return { format, main, groups, memberships }
}

function formatOf(name: string): FileFormat | undefined {
  const path = isWebAddress(name) ? (URL.parse(name)?.pathname ?? '') : name.replaceAll('\\', '/')
  switch (extname(path).toLowerCase()) {
    case '.csv':
    case '.tsv':
    case '.txt':
      return 'csv'
    case '.json':
      return 'json'
    case '.ldif':
    case '.ldf':
      return 'ldif'
    default:
      return undefined
  }
}

function namesOf({ main, groups, memberships }: FileSet): readonly string[] {
  return [main, groups, memberships].filter((name) => name !== undefined)
}

/** Where the files are: on our disk, or behind addresses of one server. */
export interface Place {
  /** The file as it is now. Throws what `lookUp` throws. */
  find(name: string, signal: AbortSignal): Promise<TextFile>
  /** Throws `incomplete-read` when one of the files is no longer what it was. */
  proveUnchanged(files: readonly TextFile[], signal: AbortSignal): Promise<void>
  changesSince?: WebFiles['changesSince']
  close(): void
}

/** Files of this machine; relative paths are meant from the folder. */
export function localPlace(baseDir: string, { maxSizeMb }: Pick<FileConfig, 'maxSizeMb'>): Place {
  return { find: (name) => lookUp(name, baseDir, maxSizeMb * 1_000_000), proveUnchanged, close: () => undefined }
}

/** Throws `config-invalid` for addresses of several servers, or beside local files. */
export function placeOf(set: FileSet, config: FileConfig, context: ConnectorContext): Place {
  const names = namesOf(set)
  if (!names.some(isWebAddress)) return localPlace(context.baseDir, config)
  const web = new WebFiles(names, config, context, set.format === 'json' || config.trailer !== undefined)
  return {
    find: (name, signal) => web.fetch(name, signal),
    proveUnchanged: (_, signal) => web.proveUnchanged(signal),
    changesSince: (...asked) => web.changesSince(...asked),
    close: () => web.close(),
  }
}

/** The files as they are now. Throws what `Place.find` throws. */
export async function lookUpAll(set: FileSet, place: Place, signal: AbortSignal): Promise<readonly TextFile[]> {
  const files: TextFile[] = []
  for (const name of namesOf(set)) files.push(await place.find(name, signal))
  return files
}

/** What was read, and the files as they were before and after. */
export interface CompleteRead extends FileRead {
  readonly files: readonly TextFile[]
}

/** Reads everything in one pass. Ending means complete: throws when anything speaks against it. */
export async function readFiles(
  set: FileSet,
  config: FileConfig,
  place: Place,
  signal: AbortSignal,
): Promise<CompleteRead> {
  if (signal.aborted) throw fail.cancelled('Reading the file was stopped.')
  const files = await lookUpAll(set, place, signal)
  const named = (name: string | undefined) => (name === undefined ? undefined : files[namesOf(set).indexOf(name)])
  const main = named(set.main)
  if (main === undefined) throw fail.bug('The main file was not looked up.')
  const roster = new Roster(new Faults())
  switch (set.format) {
    case 'csv':
      await readCsvFiles(
        { people: main, groups: named(set.groups), memberships: named(set.memberships) },
        config,
        roster,
        signal,
      )
      break
    case 'json':
      await readJsonFile(main, config, roster, signal)
      break
    case 'ldif':
      await readLdifFile(main, config, roster, signal)
      break
  }
  const read = await roster.finish(signal)
  await place.proveUnchanged(files, signal)
  return { ...read, files }
}
