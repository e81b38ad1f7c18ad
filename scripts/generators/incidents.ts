import { findLine, lawsFile, readLaws } from '../laws/law.ts'
import type { Generator } from './generator.ts'
import { generatedFrom } from './markdown.ts'

/** The stories of the laws, for administrators; that their tests exist is checked where the laws are. */
export const incidentsPage: Generator = {
  file: 'docs/incidents.md',
  make: (_present, root) => {
    const stories = readLaws(root).flatMap(({ law, title, story }) => {
      if (story === undefined) return []
      const { file, name, whatIf, here } = story
      const link = `[${file}:${findLine(root, file, `${name}'`)}](../${file})`
      return [`## ${whatIf}`, '', here, '', `${law}, ${title.toLowerCase()}. Shown by ${link}: "${name}".`, '']
    })
    return [
      '# What if …',
      '',
      generatedFrom(lawsFile),
      '',
      'Incidents that whoever is on call will recognise, and what happens here. Each one is played through on a running server:',
      'a real source, the engine, and a site that is compared line by line before and after. `npx vitest run test/incidents`',
      'plays them all; `npm run laws:prove -- --stories` takes out the lines that keep people here, one at a time, and shows',
      'that the story turns red. What must never happen stands in [laws.md](laws.md); what the exit codes mean in',
      '[errors.md](errors.md); what the pager says in [notifications.md](notifications.md).',
      '',
      ...stories,
    ].join('\n')
  },
}
