import { changeKinds } from '../../src/domain/change.ts'
import { decisions } from '../../src/domain/decision.ts'
import { holdReasons, reasons, standReasons } from '../../src/domain/reason.ts'
import type { Generator } from './generator.ts'
import { generatedFrom, table } from './markdown.ts'

const rowsOf = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([code, text]) => [`\`${code}\``, text])

export const reasonsPage: Generator = {
  file: 'docs/reasons.md',
  make: () => {
    const isGuard = ([code]: [string, string]) => code.startsWith('guard:')
    const held = Object.fromEntries(Object.entries(holdReasons).filter(isGuard))
    const blocked = Object.fromEntries(Object.entries(holdReasons).filter((entry) => !isGuard(entry)))
    return [
      '# Changes and their reasons',
      '',
      generatedFrom('src/domain/change.ts and src/domain/reason.ts'),
      '',
      'A plan is a list of changes. Each has a kind, one reason why it is planned and, when it does not simply go ahead, one',
      'reason why not. All three come from closed lists and read the same on every screen, in every export and in the API.',
      '',
      '## Kinds of change, in the order they are carried out',
      '',
      table(
        ['kind', 'sign', 'what it does', 'sends something to the target'],
        Object.entries(changeKinds).map(([kind, { sign, text, calls }]) => [
          `\`${kind}\``,
          `\`${sign}\``,
          text,
          calls ? 'yes' : 'no, it is only remembered',
        ]),
      ),
      '',
      '## Why a change is planned',
      '',
      table(['reason', 'because it, he or she …'], rowsOf(reasons)),
      '',
      '## Why a change is held',
      '',
      'A guard holds it. A person who may approve looks at it and releases it, or the rules are changed.',
      '',
      table(['reason', 'the guard says'], rowsOf(held)),
      '',
      '## Why a change is blocked',
      '',
      'It is reported and never sent. What has to change first stands in the second column.',
      '',
      table(['reason', 'because'], rowsOf(blocked)),
      '',
      '## Why nothing changes',
      '',
      'Where somebody may have expected a change, `muster why` says why there is none.',
      '',
      table(['reason', 'because it, he or she …'], rowsOf(standReasons)),
      '',
      '## What a person can decide',
      '',
      'About some of these nothing is planned until somebody decides: they are work items (`muster items`). What can be',
      'decided stands with each of them. See [work-items.md](work-items.md).',
      '',
      table(['decision', 'means'], rowsOf(decisions)),
      '',
    ].join('\n')
  },
}
