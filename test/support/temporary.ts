import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A fresh folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files, path -> text, below a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** A fresh folder with the given files in which our installed packages can be imported. */
export function temporaryProject(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder()
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'))
  writeFiles(folder, files)
  return folder
}

export const repositoryRoot = join(import.meta.dirname, '..', '..')
