import type { ChangeView } from '../../contract/plans.ts'
import type { ChangeKind } from '../../domain/change.ts'
import type { Colour, Paint } from '../output.ts'
import { adoptionNotes } from './adoption.ts'
import { kindWords } from './kinds.ts'
import { plain, wrap } from './text.ts'

type Values = NonNullable<ChangeView['before']>

/** What a row shows beside its subject. */
export interface RowStyle {
  readonly paint: Paint
  readonly columns: number
  /** Guards that hold the whole plan; said once above and not on every row. */
  readonly heldAltogether: ReadonlySet<string>
  /** What people call custom attributes, by id. */
  readonly customNames: Readonly<Record<string, string>>
  /** What became of each change, for reports. */
  readonly outcomes: boolean
}

const outcomeWords: Readonly<Record<Exclude<ChangeView['outcome'], 'open'>, readonly [string, Colour]>> = {
  applied: ['applied', 'green'],
  alreadyTrue: ['was so already', 'green'],
  unproven: ['sent, but not seen yet', 'yellow'],
  failed: ['failed', 'red'],
  skipped: ['skipped', 'yellow'],
}

/** Rows of one kind, under the reason they share and what keeps them back. */
export function changeLines(changes: readonly ChangeView[], style: RowStyle): string[] {
  const width = Math.max(4, ...changes.map(({ seq }) => String(seq).length))
  const headed = changes.map((change) => ({ change, heading: headingOf(change, style) }))
  const lines: string[] = []
  for (const [heading, rows] of Map.groupBy(headed, (each) => each.heading)) {
    lines.push(...wrap(heading, style.columns - 2).map((line) => `  ${style.paint('grey', line)}`))
    for (const { change } of rows) lines.push(...rowLines(change, width, style))
  }
  return lines
}

function headingOf({ sentence, rule, cause, state, stateReasons, outcome }: ChangeView, style: RowStyle): string {
  const only = cause === 'rules' ? '; only since the rules changed' : ''
  const because = `because: ${sentence} (rule ${plain(rule)})${only}`
  if (state === 'ready' || outcome !== 'open') return because
  const told = stateReasons
    .filter(({ reason }) => !style.heldAltogether.has(reason))
    .map((each) => `${each.sentence} (${each.reason.replace(/^guard:/, '')})`)
  return told.length === 0 ? because : `${because}; ${state}: ${told.join('; ')}`
}

function rowLines(change: ChangeView, width: number, style: RowStyle): string[] {
  const { paint, columns } = style
  const indent = ' '.repeat(width + 5)
  const subject = paint(kindWords[change.kind].colour, `${change.sign} ${subjectOf(change)}`)
  const lines = [[`${String(change.seq).padStart(width)} `, subject, ...via(change)].join(' ')]
  const values = differences(change, style.customNames)
  const together = values.join(', ')
  const room = columns - indent.length
  if (values.length > 0) {
    lines.push(
      ...(together.length <= room ? [together] : values.flatMap((value) => wrap(value, room))).map(
        (line) => indent + line,
      ),
    )
  }
  if (style.outcomes) {
    const [text, colour] = fateOf(change)
    const first = lines[0] ?? ''
    // What went well stands on the line of its change; what did not gets room to say why.
    if (colour === 'green') lines[0] = `${first}: ${paint(colour, text)}`
    else if (text !== '') lines.push(...wrap(text, room).map((line) => indent + paint(colour, line)))
  }
  return lines
}

/** Who and what, as people call them. */
export function subjectOf(
  change: Pick<
    ChangeView,
    'kind' | 'account' | 'accountLabel' | 'group' | 'groupLabel' | 'person' | 'sourceGroup' | 'access' | 'lead'
  >,
): string {
  const account = plain(change.accountLabel ?? change.person?.label ?? idOf(change.account) ?? 'account')
  const group = plain(change.groupLabel ?? change.sourceGroup?.label ?? idOf(change.group) ?? 'group')
  const { access, lead } = change
  const holder = change.account === undefined && change.group !== undefined ? group : account
  if (access !== undefined) return `${holder}: ${plain(access.product)} (${plain(access.role)})`
  if (lead !== undefined) return `${lead.kind} ${plain(lead.name)}: ${account} -> ${plain(lead.to.label)}`
  return joined[change.kind](account, group)
}

const joined: Readonly<Record<ChangeKind, (account: string, group: string) => string>> = {
  'account.adopt': (account) => account,
  'group.adopt': (_, group) => group,
  'group.link': (_, group) => group,
  'membership.adopt': (account, group) => `${account} in ${group}`,
  'membership.release': (account, group) => `${account} in ${group}`,
  'access.adopt': (account) => account,
  'access.release': (account) => account,
  'lead.handover': (account) => account,
  'account.deactivate': (account) => account,
  'account.disable': (account) => account,
  'account.delete': (account) => account,
  'access.revoke': (account) => account,
  'group.create': (_, group) => group,
  'account.create': (account) => account,
  'account.activate': (account) => account,
  'account.enable': (account) => account,
  'account.update': (account) => account,
  'custom.update': (account) => account,
  'access.grant': (account) => account,
  'membership.add': (account, group) => `${account} into ${group}`,
  'membership.remove': (account, group) => `${account} out of ${group}`,
  'account.release': (account) => account,
}

function idOf(ref: ChangeView['account']): string | undefined {
  return ref !== undefined && 'id' in ref ? ref.id : undefined
}

/** The source's own name, where the row shows another one. */
function via({ kind, person, accountLabel, sourceGroup, groupLabel }: ChangeView): string[] {
  const notes: string[] = []
  if (
    person !== undefined &&
    accountLabel !== undefined &&
    person.label !== accountLabel &&
    kind.startsWith('account.')
  ) {
    notes.push(`for ${plain(person.label)}`)
  }
  if (sourceGroup !== undefined && sourceGroup.label !== groupLabel) notes.push(`from ${plain(sourceGroup.label)}`)
  return notes.length === 0 ? [] : [`[${notes.join(', ')}]`]
}

/** `displayName: "Ann" -> "Anna"` for each value that changes; creations show what the row does not say already. */
function differences(
  { kind, before, after, accountLabel, groupLabel }: ChangeView,
  customNames: RowStyle['customNames'],
): string[] {
  if (after === undefined) return []
  if (kind === 'group.adopt') return [adoptionNotes(after).join('; ')]
  const said = `${accountLabel ?? ''}\n${groupLabel ?? ''}`
  return Object.entries(after).flatMap(([name, value]) => {
    const called = kind === 'custom.update' ? (customNames[name] ?? name) : name
    if (before !== undefined) return [`${plain(called)}: ${shownValue(before[name])} -> ${shownValue(value)}`]
    if (value === null || value.length === 0 || (typeof value === 'string' && said.includes(value))) return []
    return [`${plain(called)}: ${shownValue(value)}`]
  })
}

function shownValue(value: Values[string] | undefined): string {
  if (value === undefined || value === null) return '(none)'
  return typeof value === 'string' ? `"${plain(value)}"` : `[${value.map((each) => `"${plain(each)}"`).join(', ')}]`
}

/** What became of a change. */
function fateOf({ outcome, state, verifiedAt, skipReason, message }: ChangeView): readonly [string, Colour] {
  if (outcome === 'open') return state === 'ready' ? ['not done', 'yellow'] : ['', 'grey']
  const [word, colour] = outcomeWords[outcome]
  const proven = outcome === 'applied' && verifiedAt !== undefined ? ' and verified' : ''
  const why = [skipReason, message === undefined ? undefined : plain(message)].filter((each) => each !== undefined)
  return [`${word}${proven}${why.map((each) => `: ${each}`).join('')}`, colour]
}
