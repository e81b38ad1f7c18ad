import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary.ts'
import { builtWeb } from './built-web.ts'

const signal = new AbortController().signal

/** A clone whose `vite` writes one page, or fails. */
async function clone(vite: string) {
  const root = temporaryFolder()
  for (const folder of ['src/web', 'src/contract', 'src/domain', 'node_modules/vite/bin'])
    await mkdir(join(root, folder), { recursive: true })
  for (const file of ['src/web/index.html', 'vite.config.ts', 'package-lock.json'])
    await writeFile(join(root, file), '1')
  await writeFile(join(root, 'node_modules/vite/bin/vite.js'), vite)
  return root
}

const works = `const fs = require('node:fs'), out = process.argv[process.argv.indexOf('--outDir') + 1]
fs.mkdirSync(out, { recursive: true }); fs.writeFileSync(out + '/index.html', 'built')`

describe('the built web pages', () => {
  it('are built once for all who ask, and again when a source changed', async () => {
    const root = await clone(works)
    const said: string[] = []
    const ask = () => builtWeb({ root, say: (sentence) => said.push(sentence), signal })
    const answers = await Promise.all([ask(), ask(), ask()])
    expect(answers).toEqual(Array(3).fill({ folder: join(root, 'dist/web') }))
    expect(await readFile(join(root, 'dist/web/index.html'), 'utf8')).toBe('built')
    await ask()
    expect(said).toHaveLength(1)
    await writeFile(join(root, 'src/web/index.html'), '2')
    await ask()
    expect(said).toHaveLength(2)
  })

  it('leave nothing of the tool that builds them outside of the clone', async () => {
    const caches = `require('node:module').enableCompileCache(); ${works.replace("'built'", "require('node:module').getCompileCacheDir()")}`
    const root = await clone(caches)
    await builtWeb({ root, say: () => undefined, signal })
    const cache = await readFile(join(root, 'dist/web/index.html'), 'utf8')
    expect(cache.startsWith(join(root, 'node_modules'))).toBe(true)
  })

  it('come with an installed package, and their absence is said in words', async () => {
    const root = await clone('console.error("no memory"); process.exit(1)')
    const ask = () => builtWeb({ root, say: () => undefined, signal })
    expect(await ask()).toEqual({ problem: 'no memory' })
    await rm(join(root, 'src'), { recursive: true })
    expect(await ask()).toEqual({ problem: expect.stringContaining('without it') })
    await mkdir(join(root, 'dist/web'), { recursive: true })
    await writeFile(join(root, 'dist/web/index.html'), '')
    expect(await ask()).toEqual({ folder: join(root, 'dist/web') })
  })
})
