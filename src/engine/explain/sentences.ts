import { changeKinds } from '../../domain/change.ts'
import { departureReason, holdReasons, reasons, standReasons } from '../../domain/reason.ts'
import type { AttributeAnswer, Explanation, MembershipAnswer } from './explanation.ts'

/** One link of the chain from the record to what is done, in plain words. */
export interface Step {
  readonly step:
    | 'record'
    | 'scope'
    | 'account'
    | 'person'
    | 'attribute'
    | 'membership'
    | 'change'
    | 'question'
    | 'unproven'
  readonly text: string
}

/** The sentence of a code, whichever list it is from. */
export function sentenceOf(code: MembershipAnswer['reason'] | AttributeAnswer['reason']): string {
  return code in reasons ? reasons[code as keyof typeof reasons] : standReasons[code as keyof typeof standReasons]
}

/** The explanation as a chain of sentences, the first cause first. */
export function stepsOf(explanation: Explanation): readonly Step[] {
  const { attributes, memberships, changes, workItems, unproven } = explanation
  const steps: Step[] = [
    { step: 'record', text: recordText(explanation) },
    ...scopeSteps(explanation),
    ...accountSteps(explanation),
    ...personSteps(explanation),
  ]
  for (const each of attributes) {
    if (each.reason !== 'as-wanted') steps.push({ step: 'attribute', text: attributeText(each) })
  }
  for (const each of memberships) steps.push({ step: 'membership', text: membershipText(each) })
  for (const { kind, state, stateReasons, reason, accountLabel, groupLabel, access } of changes) {
    if (kind.startsWith('membership.')) continue
    const about = groupLabel ?? access?.product ?? accountLabel ?? ''
    const held = stateReasons.map((each) => holdReasons[each]).join('; ')
    const waits = state === 'ready' ? '' : ` It is ${state}: ${held}.`
    steps.push({
      step: 'change',
      text: `Next: ${changeKinds[kind].text} (${about}); reason: ${reasons[reason]}.${waits}`,
    })
  }
  for (const { message } of workItems) steps.push({ step: 'question', text: `Waits for a person: ${message}.` })
  for (const message of unproven) {
    steps.push({ step: 'unproven', text: `Not read completely: ${message} Nothing is taken away because of it.` })
  }
  return steps
}

function recordText({ label, sourceKey, record, accounts }: Explanation): string {
  if (record !== undefined) {
    return `${label} is in the source${sourceKey === undefined ? '' : ` (key ${sourceKey})`} and ${record.active ? 'active' : 'disabled'} there.`
  }
  if (sourceKey !== undefined) return `${label} was in the source (key ${sourceKey}) and is not there any more.`
  return `${accounts[0]?.label ?? label} has an account in the target, and no record of this source is linked to it.`
}

function scopeSteps({ scope }: Explanation): readonly Step[] {
  if (scope === undefined) return []
  const by = scope.rule === undefined ? '' : ` (${scope.rule})`
  const text = {
    in: `In the scope of the connection${by}.`,
    out:
      scope.rule === 'users.scope.include'
        ? 'Not in scope: no condition of users.scope.include holds.'
        : `Not in scope${by}.`,
    unknown: `Whether the person is in scope cannot be told: what ${scope.rule ?? 'the scope'} asks for was not delivered.`,
  }[scope.is]
  return [{ step: 'scope', text }]
}

function accountSteps({ match, accounts }: Explanation): readonly Step[] {
  if (match === undefined) return []
  const names = accounts.map(({ label, state }) => (state === 'active' ? label : `${label}, ${state}`)).join(' or ')
  const because = match.because ?? ''
  const text = {
    linked: `Linked to the account ${names}.`,
    matched: `The account ${names} is theirs: ${because in reasons ? reasons[because as keyof typeof reasons] : because}.`,
    none: 'No account of theirs was found.',
    gone: 'Linked to an account that is not in the target any more.',
    unseen: 'Linked to an account that was not seen: the target was not read completely.',
    undecided: `Which account is theirs is open (${names}): ${holdReasons[because as keyof typeof holdReasons] ?? because}.`,
  }[match.found]
  return [{ step: 'account', text }]
}

function personSteps({ standstill, departure }: Explanation): readonly Step[] {
  const steps: Step[] = []
  if (departure !== undefined) {
    const text = `Counts as leaving (${reasons[departureReason(departure.signal)]}), first proven ${instantText(departure.firstProvenAt)}.`
    steps.push({ step: 'person', text })
  }
  if (standstill !== undefined && standstill.reason !== 'as-wanted') {
    const { reason, rule, dueAt } = standstill
    const due = dueAt === undefined ? '' : ` Next is ${rule}, due ${instantText(dueAt)}.`
    const by = rule === undefined || dueAt !== undefined ? '' : ` (${rule})`
    steps.push({ step: 'person', text: `The account is left as it is${by}: ${standReasons[reason]}.${due}` })
  }
  return steps
}

function attributeText({ name, wanted, actual, reason }: AttributeAnswer): string {
  const shown = (value: string | null | undefined) =>
    value === undefined ? 'unknown' : value === null || value === '' ? 'empty' : `"${value}"`
  return `${name}: the source says ${shown(wanted)}, the target has ${shown(actual)}; ${sentenceOf(reason)}.`
}

const verdictWords: Readonly<Record<Exclude<MembershipAnswer['verdict'], 'stays'>, string>> = {
  add: 'will be added',
  remove: 'will be taken out',
  adopt: 'is a member; from now on the connection vouches for it',
  release: 'the connection stops vouching for the membership',
}

function membershipText(answer: MembershipAnswer): string {
  const { group, isMember, verdict, reason, rule, path, filledBy, grants, stateReasons } = answer
  const head = verdict === 'stays' ? (isMember ? 'is a member' : 'is not a member') : verdictWords[verdict]
  const by = rule === undefined ? '' : ` (${rule})`
  const through =
    path === undefined ? '' : path.length > 1 ? `, by way of ${path.join(' > ')}` : `, of the source group ${path[0]}`
  const held = stateReasons.map((each) => holdReasons[each]).join('; ')
  const fills =
    verdict === 'stays' && !isMember && filledBy.length > 0
      ? ` It is filled by ${filledBy.map((each) => `the source group ${each.name} (${each.rule})`).join(', ')}.`
      : ''
  const granted = grants.map(({ connection, rule: from }) => `${connection} (${from})`).join(', ')
  return [
    `${group.name}: ${head}; ${sentenceOf(reason)}${by}${through}.`,
    fills,
    granted === '' ? (isMember ? ' No connection vouches for it.' : '') : ` Vouched for by ${granted}.`,
    held === '' ? '' : ` Not sent: ${held}.`,
  ].join('')
}

export function instantText(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 16).concat(' UTC')
}
