// `npm run console:build`: what `muster serve` does by itself from a clone, said and with an exit code; for a release.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtWeb } from '../src/platform/built-web.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const built = await builtWeb({ root, say: (sentence) => console.log(sentence), signal: new AbortController().signal })
if ('problem' in built) {
  console.error(`The console could not be built: ${built.problem}`)
  process.exitCode = 1
} else console.log(`The console is in ${built.folder}`)
