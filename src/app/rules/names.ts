import type { ConnectionConfig } from '../../domain/connection.ts'
import { hiddenCharacter, mixedWord, plainSpelling } from '../../domain/name-sense.ts'
import type { Pattern } from '../../domain/pattern.ts'
import { type Path, shown } from '../finding.ts'
import type { Notes } from './notes.ts'
import type { TargetFacts } from './target-facts.ts'

/** A name as an administrator wrote it. */
interface WrittenName {
  readonly at: Path
  readonly name: string
  /** A group of that name may be made; else the name only finds what has it. */
  readonly makes: boolean
}

/**
 * Names that do not mean what they seem to: a group that looks like another one, or a name that never finds anything because
 * of a letter nobody sees. What is made here is refused, what is only looked for may be spelled like that at the source.
 */
export function checkNames(config: ConnectionConfig, target: TargetFacts | undefined, notes: Notes): void {
  for (const { at, name, makes } of writtenNames(config)) {
    const tell = makes ? notes.refuse : notes.warn
    const hidden = hiddenCharacter(name)
    const mixed = mixedWord(name)
    const plain = plainSpelling(name)
    if (hidden !== undefined) {
      const hint = makes
        ? 'Type the name anew instead of pasting it.'
        : 'It finds only names with the same character; type it anew unless that is meant.'
      tell(at, `${shown(name)} holds a character that nobody sees, ${hidden}`, hint)
    } else if (mixed !== undefined) {
      const hint = 'Letters of these alphabets look alike; type the name anew unless that is meant.'
      notes.warn(at, `${shown(mixed.word)} mixes ${mixed.scripts.join(' and ')} letters`, hint)
    } else if (plain !== undefined) {
      tell(at, `${shown(name)} is spelled with look-alikes of usual letters`, `Write ${shown(plain)}.`)
    }
    const { length } = [...name.trim()]
    if (makes && length === 0) notes.refuse(at, 'must not be blank', 'Write the name of a group.')
    else if (makes && target !== undefined && length > target.groupNameLimit) {
      const message = `has ${length} characters; ${target.title} takes names of at most ${target.groupNameLimit}`
      notes.refuse(at, message, 'Shorten the name.')
    }
  }
}

function* writtenNames({ groups, users, guards }: ConnectionConfig): Generator<WrittenName> {
  for (const [index, row] of groups.byTable.entries()) {
    yield { at: ['groups', 'byTable', index, 'from'], name: row.from, makes: false }
    if (typeof row.to === 'string') yield { at: ['groups', 'byTable', index, 'to'], name: row.to, makes: true }
    else {
      for (const [at, name] of row.to.entries()) {
        yield { at: ['groups', 'byTable', index, 'to', at], name, makes: true }
      }
    }
  }
  for (const list of ['defaultsForAll', 'defaultsForNew'] as const) {
    for (const [index, name] of groups[list].entries()) yield { at: ['groups', list, index], name, makes: true }
  }
  yield* exactNames(['groups', 'protected'], groups.protected)
  for (const list of ['include', 'exclude'] as const) {
    yield* exactNames(['groups', 'scope', list], groups.scope[list])
    for (const [index, condition] of users.scope[list].entries()) {
      const [field, patterns] =
        'memberOf' in condition ? (['memberOf', condition.memberOf] as const) : (['in', condition.in] as const)
      yield* exactNames(['users', 'scope', list, index, field], patterns)
    }
  }
  for (const [index, name] of guards.neverTouch.entries()) {
    yield { at: ['guards', 'neverTouch', index], name, makes: false }
  }
}

function* exactNames(at: Path, patterns: readonly Pattern[]): Generator<WrittenName> {
  for (const [index, pattern] of patterns.entries()) {
    if (typeof pattern === 'string') yield { at: [...at, index], name: pattern, makes: false }
  }
}
