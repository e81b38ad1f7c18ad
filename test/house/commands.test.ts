import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import config from '../../vitest.config.ts'
import { components } from '../support/require.ts'
import { repositoryRoot } from '../support/temporary.ts'

const inRepository = (pattern: string | readonly string[]) => globSync(pattern, { cwd: repositoryRoot }).sort()
const textOf = (file: string) => readFileSync(join(repositoryRoot, file), 'utf8')

const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
const documents = inRepository(['*.md', 'docs/**/*.md', 'src/**/*.md', 'test/**/*.md'])

describe('commands', () => {
  it('that people rely on exist', () => {
    for (const name of ['muster', 'check', 'test', 'generate', 'format', 'laws:prove', 'lock:complete'])
      expect(scripts).toHaveProperty([name])
  })

  it('start only programs and files that are there', () => {
    const installed = new Set(globSync('*', { cwd: join(repositoryRoot, 'node_modules', '.bin') }))
    for (const part of Object.values(scripts).flatMap((script) => script.split(' && '))) {
      const [program = '', file = ''] = part.split(' ')
      expect(installed, part).toContain(program)
      if (program === 'node') expect(existsSync(join(repositoryRoot, file)), part).toBe(true)
    }
  })

  it('named in documents exist', () => {
    const named = documents.flatMap((file) =>
      [...textOf(file).matchAll(/npm (?:run (?:-s |--silent )?([\w:-]+)|(test)\b)/g)].map(([, run, test]) => ({
        file,
        name: run ?? test ?? '',
      })),
    )
    expect(named.filter(({ name }) => !Object.hasOwn(scripts, name))).toEqual([])
    expect(named.length).toBeGreaterThan(3)
  })
})

describe('documents', () => {
  it('lead to files that are there', () => {
    const links = documents.flatMap((file) =>
      [...textOf(file).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, target]) => ({
        file,
        target: target ?? '',
      })),
    )
    expect(links.filter(({ file, target }) => !existsSync(join(repositoryRoot, dirname(file), target)))).toEqual([])
    expect(links.length).toBeGreaterThan(5)
  })
})

describe('the tests', () => {
  it('belong to exactly one project each, so that none is forgotten', () => {
    const patterns = (config.test?.projects ?? []).map((project) => {
      if (typeof project !== 'object' || !('test' in project))
        throw new Error('a project of vitest.config.ts has no tests')
      return project.test?.include ?? []
    })
    const taken = patterns.flatMap((include) => inRepository(include))
    expect(taken.sort()).toEqual(inRepository(['src/**/*.test.ts', 'test/**/*.test.ts']))
  })
})

describe('.ci/run', () => {
  it('can be run, is well formed bash and stops at the first failure', () => {
    expect(statSync(join(repositoryRoot, '.ci', 'run')).mode & 0o111).toBe(0o111)
    expect(spawnSync('bash', ['-n', '.ci/run'], { cwd: repositoryRoot, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    })
    expect(textOf('.ci/run')).toMatch(/^#!.*bash\n(#.*\n)+set -euo pipefail\n/)
  })

  it('requires only components that tests know', () => {
    const [, list = ''] = /components=\(\n([^)]*)\)/.exec(textOf('.ci/run')) ?? []
    const names = [...list.matchAll(/'([a-z]+) [^']+'/g)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !Object.hasOwn(components, name ?? ''))).toEqual([])
  })
})
