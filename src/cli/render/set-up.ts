import type { ProviderSetUpView } from '../../contract/system.ts'
import { wrap } from './text.ts'

/** What to do at an identity provider, and which settings take what of it. */
export function setUpLines(setUp: ProviderSetUpView, columns: number): string[] {
  const { title, steps, rights = [], fields: taken = [], notes, unverified, compareWith } = setUp
  const width = Math.min(Math.max(columns, 60), 110)
  const indented = (text: string, first: string) =>
    wrap(text, width - first.length).map((line, index) => `${index === 0 ? first : ' '.repeat(first.length)}${line}`)
  return [
    title,
    '',
    ...steps.flatMap(({ text, fields = [] }, index) => [
      ...indented(text, `${String(index + 1).padStart(2)}. `),
      // Never wrapped: they are copied.
      ...fields.map(({ field, value }) => `      ${field}: ${value}`),
    ]),
    ...(rights.length === 0 ? [] : ['', 'Rights:', ...rights.flatMap((right) => indented(right, '  - '))]),
    ...(taken.length === 0 ? [] : ['', 'What goes where:']),
    ...taken.map(({ field, setting }) => `  ${field} -> ${setting}`),
    ...(notes.length === 0 ? [] : ['', ...notes.flatMap((note) => indented(note, '  - '))]),
    ...(unverified.length === 0 ? [] : ['', 'Not verified:', ...unverified.flatMap((each) => indented(each, '  - '))]),
    '',
    `Compare with ${compareWith.join(', ')}`,
  ]
}
