// `npm run lock:complete`, after `npm install` changed package-lock.json: adds what a partial mirror left out of it.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { completeLock, type LockFile, missingPackages } from './lock/platforms.ts'

const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8')) as LockFile
const missing = missingPackages(lock)
if (missing.length > 0) writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`)
console.log(
  missing.length === 0 ? 'package-lock.json is complete' : `added ${missing.length} packages of other platforms`,
)
