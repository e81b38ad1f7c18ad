import { cpSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runStep } from '../../scripts/check/step.ts'
import { generatedFrom, replaceSection, table } from '../../scripts/generators/markdown.ts'
import { errorCodes } from '../../src/domain/errors.ts'
import { repositoryRoot, temporaryFolder, writeFiles } from '../support/temporary.ts'

const generate = (root: string, ...args: string[]) =>
  runStep({ name: 'generate', command: [process.execPath, 'scripts/generate.ts', ...args] }, root)

function copyOfRepository(): string {
  const copy = temporaryFolder()
  for (const part of ['src', 'test', 'scripts', 'docs', 'package.json', '.dependency-cruiser.cjs']) {
    cpSync(join(repositoryRoot, part), join(copy, part), { recursive: true })
  }
  symlinkSync(join(repositoryRoot, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

describe('generated files', () => {
  it('are named when stale, and fresh after generating', async () => {
    const copy = copyOfRepository()
    writeFiles(copy, { 'docs/errors.md': '# Errors\n' })

    const stale = await generate(copy, '--check')
    expect(stale.ok).toBe(false)
    expect(stale.output).toContain('stale   docs/errors.md: run `npm run generate`')
    expect(readFileSync(join(copy, 'docs/errors.md'), 'utf8')).toBe('# Errors\n')

    expect((await generate(copy)).ok).toBe(true)
    expect((await generate(copy, '--check')).ok).toBe(true)
    const page = readFileSync(join(copy, 'docs/errors.md'), 'utf8')
    for (const code of Object.keys(errorCodes)) expect(page).toContain(`| \`${code}\` |`)
  })

  it('are refused when a law claims a line that is not there', async () => {
    const copy = copyOfRepository()
    const row = {
      law: 'P1',
      title: 'A failed read removes nothing',
      says: 'Nobody loses anything because of it.',
      upheldBy: [{ file: 'src/domain/errors.ts', snippet: 'a line nobody wrote' }],
      tests: [{ file: 'test/house/laws.test.ts', name: 'are found with their lines' }],
    }
    writeFiles(copy, { 'docs/laws.json': JSON.stringify([row]) })
    const { ok, output } = await generate(copy, '--check')
    expect(ok).toBe(false)
    expect(output).toContain('P1: src/domain/errors.ts no longer contains: a line nobody wrote')
  })
})

describe('Markdown', () => {
  it('keeps a bar or a line break inside its cell', () => {
    expect(table(['a', 'b'], [['x|y', 'one\n  two']])).toBe('| a | b |\n|---|---|\n| x\\|y | one two |')
  })

  it('replaces one marked section and nothing else', () => {
    const page = 'above\n<!-- begin: t -->\nold\n<!-- end: t -->\nbelow\n'
    expect(replaceSection(page, 't', 'new')).toBe('above\n<!-- begin: t -->\nnew\n<!-- end: t -->\nbelow\n')
    expect(() => replaceSection('no marks', 't', 'new')).toThrow('<!-- begin: t -->')
  })

  it('says where a generated file comes from', () => {
    expect(generatedFrom('src/domain/errors.ts')).toContain('npm run generate')
  })
})
