import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from './clock.ts'

export interface WebBuild {
  /** The root of a clone or of an installed package. */
  readonly root: string
  /** Told once, when building begins. */
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
}

/** A folder with `index.html`, or why there is none. */
export type BuiltWeb = { readonly folder: string } | { readonly problem: string }

/** What the built files are made from. */
const inputs = ['src/web', 'src/contract', 'src/domain', 'vite.config.ts', 'package-lock.json']
const stampName = 'built-from.txt'
/** A lock older than this was left by a process that was killed. */
const longestBuildMs = 120_000
const waitMs = 250

/**
 * The built files of the web pages below `dist/web`. From a clone they are built when they are missing or older than what
 * they are made from; an installed package brings them. Several processes may ask at the same time: one builds. Never
 * throws: without the pages everything else still works.
 */
export async function builtWeb(build: WebBuild): Promise<BuiltWeb> {
  const folder = join(build.root, 'dist', 'web')
  try {
    if (!(await exists(join(build.root, 'src', 'web', 'index.html')))) {
      return (await exists(join(folder, 'index.html'))) ? { folder } : { problem: 'This package came without it.' }
    }
    const wanted = await fingerprint(build.root)
    if ((await stampOf(folder)) === wanted) return { folder }
    return await buildOnce(build, folder, wanted)
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

async function buildOnce(build: WebBuild, folder: string, wanted: string): Promise<BuiltWeb> {
  const { root, say, signal } = build
  const lock = `${folder}.lock`
  await mkdir(join(root, 'dist'), { recursive: true })
  while (!(await take(lock))) {
    await pause(waitMs, undefined, { signal })
    if ((await stampOf(folder)) === wanted) return { folder }
  }
  const fresh = `${folder}.${process.pid}`
  try {
    if ((await stampOf(folder)) === wanted) return { folder }
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
    if (!(await exists(vite))) return { problem: 'It is built with vite, which `npm ci` installs.' }
    say('Building the console (a few seconds, once) ...')
    const failure = await run(
      [...cachingIn(root), vite, 'build', '--outDir', fresh, '--logLevel', 'error'],
      root,
      signal,
    )
    if (failure !== undefined) return { problem: failure }
    await writeFile(join(fresh, stampName), wanted)
    await rm(folder, { recursive: true, force: true })
    await rename(fresh, folder)
    return { folder }
  } finally {
    await rm(fresh, { recursive: true, force: true })
    await rm(lock, { recursive: true, force: true })
  }
}

/** A folder can be made by one process only. */
async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock)
    return true
  } catch {
    const made = await stat(lock).catch(() => undefined)
    if (made !== undefined && systemClock.now() - made.mtimeMs > longestBuildMs)
      await rm(lock, { recursive: true, force: true })
    return false
  }
}

/** The tool would keep what it compiled in the temporary folder of the machine, for good; the first place that is named stays. */
function cachingIn(root: string): readonly string[] {
  const place = JSON.stringify(join(root, 'node_modules', '.cache', 'muster-compiled'))
  const script = `import { enableCompileCache } from 'node:module'; enableCompileCache(${place})`
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`]
}

/** What the tool said when it failed; undefined when it did not. */
function run(args: readonly string[], cwd: string, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args], { cwd, signal, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    const keep = (part: Buffer) => {
      said = (said + part.toString()).slice(-4000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => resolve(code === 0 ? undefined : said.trim() || `vite ended with code ${code}`))
  })
}

/** SHA-256 over names and contents of everything the files are made from. */
async function fingerprint(root: string): Promise<string> {
  const hash = createHash('sha256')
  for (const input of inputs) {
    for (const file of await filesOf(join(root, input))) {
      hash.update(`${relative(root, file).split(sep).join('/')}\0`)
      hash.update(await readFile(file))
    }
  }
  return hash.digest('hex')
}

async function filesOf(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

async function stampOf(folder: string): Promise<string | undefined> {
  return readFile(join(folder, stampName), 'utf8').catch(() => undefined)
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
