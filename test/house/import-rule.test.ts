import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkImports } from '../../scripts/check/imports.ts'
import { repositoryRoot, temporaryProject, writeFiles } from '../support/temporary.ts'

const configFile = '.dependency-cruiser.cjs'
const config = createRequire(import.meta.url)(join(repositoryRoot, configFile)) as {
  readonly forbidden: readonly { readonly name: string }[]
}

/** A folder that this one may not import. */
const forbiddenFor = (floor: string) => (floor === 'cli' ? 'http' : floor === 'program' ? 'web' : 'cli')

/** For each rule the planted files that break it; the first one is the culprit. */
function planted(rule: string): Readonly<Record<string, string>> {
  const [, floor, tests] = /^floor-([a-z]+?)(-tests)?$/.exec(rule) ?? []
  if (floor !== undefined) {
    const culprit = `src/${floor}/planted-${rule}${tests === undefined ? '.ts' : '.test.ts'}`
    const victim = `src/${forbiddenFor(floor)}/planted-victim.ts`
    return {
      [culprit]: `import type { Victim } from '../../${victim}'\nexport type Mine = Victim\n`,
      [victim]: victimText,
    }
  }
  const found = plantedByHand[rule]
  if (found === undefined) throw new Error(`No test breaks the rule "${rule}". Plant a violation of it here.`)
  return found
}

const victimText = 'export interface Victim {\n  readonly name: string\n}\n'

const plantedByHand: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'only-known-folders': { 'src/planted-folder/culprit.ts': "import 'node:os'\n" },
  'no-circle': {
    'src/domain/planted-circle-a.ts': "import type { B } from './planted-circle-b.ts'\nexport type A = B | 1\n",
    'src/domain/planted-circle-b.ts': "import type { A } from './planted-circle-a.ts'\nexport type B = A | 2\n",
  },
  'connectors-are-strangers': {
    'src/connectors/sources/planted-one/culprit.ts': "import '../planted-two/client.ts'\n",
    'src/connectors/sources/planted-two/client.ts': victimText,
  },
  'kit-knows-no-connector': {
    'src/connectors/kit/planted-culprit.ts': "import '../sources/planted-two/client.ts'\n",
    'src/connectors/sources/planted-two/client.ts': victimText,
  },
  'pg-only-in-storage': { 'src/app/planted-pg.ts': "import pg from 'pg'\nexport const pool = pg\n" },
  'fastify-only-in-http': {
    'src/engine/planted-fastify.ts': "import fastify from 'fastify'\nexport const make = fastify\n",
  },
  'ldapts-only-in-its-source': {
    'src/connectors/kit/planted-ldap.ts': "import { Client } from 'ldapts'\nexport const make = Client\n",
  },
  'react-only-in-web': {
    'src/app/planted-react.ts': "import { useState } from 'react'\nexport const state = useState\n",
  },
  'web-runs-in-a-browser': {
    'src/web/planted-node.tsx': "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n",
  },
  'domain-is-pure': {
    'src/domain/planted-io.ts': "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n",
  },
  'product-imports-no-test': {
    'src/engine/planted-test-import.ts': "import '../../test/planted-helper.ts'\n",
    'test/planted-helper.ts': victimText,
  },
}

/** The product as it is now, with more files in it. */
function copyWith(files: Readonly<Record<string, string>>): string {
  const copy = temporaryProject({})
  for (const part of ['src', 'package.json', 'tsconfig.json', configFile]) {
    cpSync(join(repositoryRoot, part), join(copy, part), { recursive: true })
  }
  writeFiles(copy, files)
  return copy
}

describe('the import rule', () => {
  it('names a planted violation of every rule it has', async () => {
    const rules = config.forbidden.map(({ name }) => name)
    const copy = copyWith(Object.assign({}, ...rules.map(planted)))
    const { violations } = await checkImports(copy)
    const seen = violations.map(({ rule, from }) => `${rule} in ${from}`)
    expect(seen).toEqual(expect.arrayContaining(rules.map((rule) => `${rule} in ${Object.keys(planted(rule))[0]}`)))
  })

  it('reads every TypeScript file below src', async () => {
    const { unread, files } = await checkImports(copyWith({}))
    expect(unread).toEqual([])
    expect(files).toBeGreaterThan(30)
  })

  it('fails when the checker cannot read TypeScript', () => {
    const copy = copyWith({ 'src/domain/planted-io.ts': "import 'node:fs'\n" })
    withoutParser(copy)
    const script = join(repositoryRoot, 'scripts', 'import-rule.ts')
    const { status, stdout } = spawnSync(process.execPath, [script, copy], { encoding: 'utf8' })
    expect(stdout).toContain('so the result proves nothing')
    expect(status).toBe(1)
  })
})

/** Gives a copy a dependency-cruiser that finds all its packages but the TypeScript parser. */
function withoutParser(copy: string): void {
  const modules = join(copy, 'node_modules')
  rmSync(modules)
  mkdirSync(modules)
  for (const name of readdirSync(join(repositoryRoot, 'node_modules'))) {
    if (name === 'dependency-cruiser' || name === '@swc' || name === 'typescript') continue
    symlinkSync(join(repositoryRoot, 'node_modules', name), join(modules, name))
  }
  cpSync(join(repositoryRoot, 'node_modules', 'dependency-cruiser'), join(modules, 'dependency-cruiser'), {
    recursive: true,
  })
  rmSync(join(modules, '.bin'))
  mkdirSync(join(modules, '.bin'))
  symlinkSync(join(modules, 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), join(modules, '.bin', 'depcruise'))
}
