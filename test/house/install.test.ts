import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completeLock, type LockFile, missingPackages } from '../../scripts/lock/platforms.ts'
import { repositoryRoot } from '../support/temporary.ts'

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
}

const read = (file: string) => JSON.parse(readFileSync(join(repositoryRoot, file), 'utf8'))
const manifest = read('package.json') as Manifest
const lock = read('package-lock.json') as LockFile
const { packages } = lock
const locked = Object.entries(packages).filter(([path]) => path !== '')

/** Packages with an install script that we do without: its only work is to look for the binary that came as a package. */
const scriptsWeDoWithout = ['node_modules/@swc/core']

describe('the install', () => {
  it('names no server in the lock file, so that any registry will do', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  })

  it('locks every package of the product by a hash of its content', () => {
    const unhashed = locked.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ''))
    expect(unhashed.filter(([, { dev, optional }]) => !(dev && optional)).map(([path]) => path)).toEqual([])
  })

  it('knows the packages of other platforms too, without which npm ci refuses the lock file', () => {
    expect(missingPackages(lock).map(({ path }) => path)).toEqual([])
  })

  it('needs no install script', () => {
    const withScript = locked.filter(
      ([, { hasInstallScript, os }]) => hasInstallScript && os?.includes('linux') !== false,
    )
    expect(withScript.map(([path]) => path)).toEqual(scriptsWeDoWithout)
    expect(scriptsWeDoWithout.every((path) => packages[path]?.dev)).toBe(true)
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts).not.toHaveProperty(name)
  })

  it('asks for exact versions', () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest
    const asked = { ...dependencies, ...devDependencies, ...optionalDependencies }
    expect(Object.entries(asked).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  it('brings Node 24, and npm scripts use it', () => {
    expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24)
    const bringing = Object.keys(manifest.optionalDependencies)
    expect(bringing.filter((name) => name.includes('node-'))).toHaveLength(4)
    for (const name of bringing) expect(manifest.optionalDependencies[name]).toMatch(/^24\./)
  })
})

describe('completing the lock file', () => {
  const parent = {
    version: '2.0.0',
    dev: true,
    optionalDependencies: { '@t/cli-linux-x64-musl': '2.0.0', '@t/cli-win32-arm64': '2.0.0' },
  }

  it('adds the packages a mirror did not know, with their platform, in order', () => {
    const completed = completeLock({
      packages: { 'node_modules/@t/cli': parent, 'node_modules/a': { version: '1.0.0' } },
    })
    expect(Object.entries(completed.packages)).toEqual([
      ['node_modules/@t/cli', parent],
      [
        'node_modules/@t/cli-linux-x64-musl',
        { version: '2.0.0', cpu: ['x64'], dev: true, libc: ['musl'], optional: true, os: ['linux'] },
      ],
      [
        'node_modules/@t/cli-win32-arm64',
        { version: '2.0.0', cpu: ['arm64'], dev: true, optional: true, os: ['win32'] },
      ],
      ['node_modules/a', { version: '1.0.0' }],
    ])
    expect(missingPackages(completed)).toEqual([])
  })

  it('refuses to guess', () => {
    const packages = { 'node_modules/p': { optionalDependencies: { fsevents: '~2.3.3' } } }
    expect(() => completeLock({ packages })).toThrow('node_modules/fsevents@~2.3.3')
  })
})

describe('the preflight of the tests', () => {
  const preflight = (version: string) =>
    spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })
         await import('${join(repositoryRoot, 'scripts', 'require-node.js')}')`,
      ],
      { encoding: 'utf8' },
    )

  it('lets Node 24 and newer pass without a word', () => {
    expect(preflight('24.0.0')).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(preflight('26.1.0')).toMatchObject({ status: 0 })
  })

  it('says what to do on an older Node', () => {
    const { status, stderr } = preflight('20.20.2')
    expect(status).toBe(2)
    expect(stderr).toContain('The tests need Node 24 or newer; this is Node 20.20.2')
    expect(stderr).toContain('npm ci')
  })

  it('can be read by a Node that knows no modern syntax', () => {
    const text = readFileSync(join(repositoryRoot, 'scripts', 'require-node.js'), 'utf8')
    expect(text).not.toMatch(/\b(import|const|let|await)\b(?= |\()|=>|\?\.|\?\?|`.*\$\{/)
  })
})
