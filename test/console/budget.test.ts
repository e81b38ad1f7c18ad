import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from '../../src/platform/built-web.ts'
import { en } from '../../src/web/words/en.ts'
import { repositoryRoot } from '../support/temporary.ts'

const folder = join(repositoryRoot, 'dist', 'web')
const kilobytes = (text: string | Buffer) => gzipSync(text).length / 1000
const read = (name: string) => readFileSync(join(folder, name))

describe('the built console', () => {
  beforeAll(async () => {
    const signal = new AbortController().signal
    expect(await builtWeb({ root: repositoryRoot, say: () => undefined, signal })).toEqual({ folder })
  })

  it('is small enough to open at once: 220 kB of scripts and 30 kB of styles at first, 80 kB for each page', () => {
    const page = read('index.html').toString()
    const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name]) => name ?? '')
    const sum = (extension: string) =>
      first.filter((name) => name.endsWith(extension)).reduce((total, name) => total + kilobytes(read(name)), 0)
    expect(sum('.js')).toBeGreaterThan(50)
    expect(sum('.js')).toBeLessThan(220)
    expect(sum('.css')).toBeLessThan(30)
    const later = readdirSync(join(folder, 'assets')).filter((name) => !first.includes(`assets/${name}`))
    expect(later.filter((name) => kilobytes(read(`assets/${name}`)) > 80)).toEqual([])
  })

  it('uses every sentence of its catalogue', () => {
    const sources = readdirSync(join(repositoryRoot, 'src', 'web'), { recursive: true, withFileTypes: true })
      .filter((entry) => /\.tsx?$/.test(entry.name) && !entry.parentPath.includes(join('web', 'words', 'en')))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .join('\n')
    // `run.state.${state}`: a key whose last part is chosen while the program runs.
    const chosen = [...sources.matchAll(/`([\w.-]+)\.\$\{/g)].map(([, prefix]) => `${prefix}.`)
    const unused = Object.keys(en).filter(
      (key) => !sources.includes(`'${key}'`) && !chosen.some((prefix) => key.startsWith(prefix)),
    )
    expect(unused).toEqual([])
  })
})
