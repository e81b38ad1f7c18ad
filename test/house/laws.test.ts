import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lawsDocument } from '../../scripts/generators/laws.ts'
import { findLine, type Law, problemsOf, readLaws } from '../../scripts/laws/law.ts'
import { prove, workingCopy } from '../../scripts/laws/prove.ts'
import { repositoryRoot, temporaryProject } from '../support/temporary.ts'

const rule = `// A planner of one line.
export function removals(complete: boolean, present: string[], desired: string[]): string[] {
  if (!complete) return []
  return present.filter((name) => !desired.includes(name))
}
`
const ruleTest = `import { describe, expect, it } from 'vitest'
import { removals } from './rule.ts'
describe('removals', () => {
  it('removes nothing after an incomplete read', () => {
    expect(removals(false, ['anna'], [])).toEqual([])
  })
  it('removes who is gone', () => {
    expect(removals(true, ['anna', 'ben'], ['ben'])).toEqual(['anna'])
  })
  it.each([['anna'], ['ben']])('keeps %s when wanted', (name) => {
    expect(removals(true, [name], [name])).toEqual([])
  })
})
`
const files = { 'src/rule.ts': rule, 'src/rule.test.ts': ruleTest, 'vitest.config.ts': 'export default {}\n' }

const law: Law = {
  law: 'P1',
  title: 'A failed read removes nothing',
  says: 'Nobody loses anything because of it.',
  upheldBy: [{ file: 'src/rule.ts', snippet: 'if (!complete) return []' }],
  tests: [{ file: 'src/rule.test.ts', name: 'removes nothing after an incomplete read' }],
  mutation: [{ file: 'src/rule.ts', find: 'if (!complete) return []', replace: '' }],
}

describe('laws', () => {
  it('are found with their lines', () => {
    const root = temporaryProject(files)
    expect(problemsOf([law], root)).toEqual([])
    expect(findLine(root, 'src/rule.ts', 'if (!complete) return []')).toBe(3)
    const page = lawsDocument([law], root)
    expect(page).toContain('[src/rule.ts:3](../src/rule.ts)')
    expect(page).toContain('[src/rule.test.ts:4](../src/rule.test.ts) removes nothing after an incomplete read')
  })

  it('are found wanting when a line, a test or a file is no longer there', () => {
    const root = temporaryProject(files)
    const astray: Law = {
      ...law,
      upheldBy: [{ file: 'src/rule.ts', snippet: 'if (incomplete) return []' }],
      tests: [
        { file: 'src/rule.test.ts', name: 'an old name' },
        { file: 'src/gone.test.ts', name: 'removes nothing after an incomplete read' },
      ],
    }
    expect(problemsOf([astray], root)).toEqual([
      'P1: src/rule.ts no longer contains: if (incomplete) return []',
      'P1: src/rule.test.ts no longer contains: an old name',
      'P1: src/gone.test.ts does not exist',
    ])
  })

  it('are found wanting when code has no test, or a line cannot be told from another', () => {
    const root = temporaryProject(files)
    const untested: Law = { ...law, upheldBy: [{ file: 'src/rule.ts', snippet: 'return' }], tests: [] }
    expect(problemsOf([untested, law], root)).toEqual([
      'P1: stands twice',
      'P1: src/rule.ts contains more than once: return',
      'P1: is upheld by code but by no test',
      'P1: has a mutation but no test that could notice it',
    ])
  })

  it('of this repository are well formed and complete', () => {
    expect(readLaws(repositoryRoot).map(({ law: number }) => number)).toEqual(
      Array.from({ length: 21 }, (_, index) => `P${index + 1}`),
    )
  })
})

describe('proving a law', () => {
  const withCopy = async (probe: Law) => {
    const root = temporaryProject(files)
    const { verdict, note } = await prove(probe, root)
    expect(readFileSync(join(root, 'src/rule.ts'), 'utf8')).toBe(rule)
    return `${verdict}: ${note}`
  }

  it('succeeds when a test fails without the line, and leaves the file as it was', async () => {
    expect(await withCopy(law)).toBe('proven: 1 of 1 tests fail without it')
  })

  it('fails when the tests pass without the line', async () => {
    const tests = [{ file: 'src/rule.test.ts', name: 'removes who is gone' }]
    expect(await withCopy({ ...law, tests })).toBe(
      'unnoticed: all its tests pass without it (if (!complete) return [])',
    )
  })

  it('asks that every way to break the law is noticed', async () => {
    const harmless = { file: 'src/rule.ts', find: '// A planner of one line.', replace: '' }
    expect(await withCopy({ ...law, mutation: [...law.mutation, harmless] })).toBe(
      'unnoticed: all its tests pass without it (// A planner of one line.)',
    )
    const inverted = { file: 'src/rule.ts', find: '(!complete)', replace: '(complete)' }
    expect(await withCopy({ ...law, mutation: [...law.mutation, inverted] })).toBe(
      'proven: 1 of 1 tests fail without it; 1 of 1 tests fail without it',
    )
  })

  it('is not believed when nobody said how', async () => {
    expect(await withCopy({ ...law, mutation: [] })).toBe('no mutation: nobody said how to break it')
  })

  it('does not take code that cannot be loaded for a failing test', async () => {
    const mutation = [{ file: 'src/rule.ts', find: 'if (!complete) return []', replace: 'if (' }]
    expect(await withCopy({ ...law, mutation })).toMatch(/^unusable: with the law broken, ".*" is not found/)
  })

  it('does not believe a test that is not there', async () => {
    const tests = [{ file: 'src/rule.test.ts', name: 'removes' }]
    expect(await withCopy({ ...law, tests })).toMatch(/^unusable: with the law kept, "removes" is not found/)
  })

  it('runs the tests of a table', async () => {
    const tests = [{ file: 'src/rule.test.ts', name: 'keeps %s when wanted' }]
    const mutation = [{ file: 'src/rule.ts', find: '!desired.includes(name)', replace: 'name' }]
    expect(await withCopy({ ...law, tests, mutation })).toBe('proven: 1 of 1 tests fail without it')
  })

  it('works in a copy that shares nothing but the installed packages', async () => {
    const root = temporaryProject(files)
    const copy = workingCopy(root)
    try {
      cpSync(join(root, 'src/rule.test.ts'), join(copy.root, 'src/other.test.ts'))
      expect((await prove(law, copy.root)).verdict).toBe('proven')
      expect(findLine(root, 'src/other.test.ts', 'it')).toBe('src/other.test.ts does not exist')
    } finally {
      copy.remove()
    }
  })
})
