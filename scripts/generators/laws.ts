import { findLine, type Law, lawsFile, problemsOf, readLaws } from '../laws/law.ts'
import type { Generator } from './generator.ts'
import { generatedFrom, table } from './markdown.ts'

export const lawsPage: Generator = {
  file: 'docs/laws.md',
  make: (_present, root) => {
    const laws = readLaws(root)
    const problems = problemsOf(laws, root)
    if (problems.length > 0) throw new Error(`${lawsFile} claims what is not so:\n  ${problems.join('\n  ')}`)
    return lawsDocument(laws, root)
  },
}

/** A table and an empty line, or nothing when there are no rows. */
function section(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : [table(head, rows), '']
}

/** The page; every claim has been found to hold. */
export function lawsDocument(laws: readonly Law[], root: string): string {
  const upheld = laws.filter(({ upheldBy }) => upheldBy.length > 0)
  const others = laws.filter(({ upheldBy }) => upheldBy.length === 0)
  const link = (file: string, text: string) => `[${file}:${findLine(root, file, text)}](../${file})`
  return [
    '# Laws',
    '',
    generatedFrom(lawsFile),
    '',
    'Rules that no setting switches off. Each one answers an accident that really happened to somebody whose users were kept',
    'by a program. Beside each law stand the lines that keep it and the tests that fail without them; `npm run laws:prove`',
    'takes the lines out one law at a time and shows that the tests notice.',
    '',
    ...section(
      ['law', 'what it says', 'kept by', 'tested by'],
      upheld.map(({ law, title, says, upheldBy, tests }) => [
        `**${law}** ${title}`,
        says,
        upheldBy.map(({ file, snippet }) => link(file, snippet)).join('<br>'),
        tests.map(({ file, name }) => `${link(file, name)} ${name}`).join('<br>'),
      ]),
    ),
    ...(others.length === 0
      ? []
      : [
          '## Laws for which no line is named',
          '',
          'No line with a test that fails without it has been named for these. Look before you rely on them.',
          '',
          table(
            ['law', 'what it says'],
            others.map(({ law, title, says }) => [`**${law}** ${title}`, says]),
          ),
          '',
        ]),
  ].join('\n')
}
