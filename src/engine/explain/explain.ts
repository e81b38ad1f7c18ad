import type { Change, TargetRef } from '../../domain/change.ts'
import type { ReasonCode, StandReason } from '../../domain/reason.ts'
import type { Correlation } from '../planner/correlation.ts'
import type { PlanInput } from '../planner/input.ts'
import { type PersonView, viewPerson } from '../planner/person.ts'
import { makePlan } from '../planner/planner.ts'
import { accountLabel, attributeOf, personLabel, valueMapper } from '../planner/values.ts'
import type { AttributeAnswer, Explanation, Subject } from './explanation.ts'
import { Listener } from './listener.ts'
import { isNamed, membershipsOf } from './memberships.ts'

/**
 * Says about one person what the planner would do and why, and why it does not: the planner itself is run and listened to,
 * so that no rule is written down twice. With a group only that membership is told. Pure.
 */
export function explain(input: PlanInput, subject: Subject, group?: string): Explanation {
  const view = subject.user < 0 ? undefined : viewPerson(input, subject.user)
  const listener = new Listener(subject.sourceKey, subject.account)
  const draft = makePlan({ ...input, trace: listener })
  const account = listener.theirs
  const changes = changesOf(draft.changes, subject.sourceKey, input.target.accounts[account]?.id)
  const proven = [...draft.departures, ...input.memory.departures]
  const isBack = subject.sourceKey !== undefined && draft.returned.includes(subject.sourceKey)
  const departure = isBack ? undefined : proven.find(({ sourceKey }) => sourceKey === subject.sourceKey)
  const person = `person:${input.connection.source}:${subject.sourceKey}`
  return {
    ...identityOf(input, subject, account),
    ...(view === undefined ? {} : matchOf(view)),
    accounts: accountsOf(input, view?.correlation, account),
    ...(listener.standstill === undefined ? {} : { standstill: listener.standstill }),
    ...(departure === undefined ? {} : { departure }),
    attributes: group === undefined ? attributesOf(input, view, account, listener, changes) : [],
    memberships: membershipsOf({ input, listener, changes, subject, group }),
    changes: group === undefined ? changes : changes.filter((change) => isAbout(change, group)),
    workItems: draft.workItems.filter((item) => item.subject === person),
    unproven: [...input.source.unproven, ...input.target.unproven].map(({ message }) => message),
  }
}

/** Everything of the person but memberships of other groups. */
function isAbout({ group, groupLabel = '' }: Change, asked: string): boolean {
  return group === undefined || isNamed({ ...('id' in group ? { id: group.id } : {}), name: groupLabel }, asked)
}

function identityOf(input: PlanInput, { user, sourceKey }: Subject, account: number) {
  const record = input.source.users[user]
  const actual = input.target.accounts[account]
  const label =
    record !== undefined
      ? personLabel(record, valueMapper(input)(record))
      : actual === undefined
        ? (sourceKey ?? '')
        : accountLabel(actual)
  return {
    label,
    ...(sourceKey === undefined ? {} : { sourceKey }),
    ...(record === undefined ? {} : { record: { active: record.active, takenAt: input.source.takenAt } }),
  }
}

function matchOf({ scope, scopeRule, correlation }: PersonView): Pick<Explanation, 'scope' | 'match'> {
  return {
    scope: { is: scope, ...(scopeRule === undefined ? {} : { rule: scopeRule }) },
    match: {
      found: correlation.found,
      ...(correlation.found === 'matched' ? { because: correlation.reason } : {}),
      ...(correlation.found === 'undecided' ? { because: correlation.why } : {}),
    },
  }
}

function accountsOf(
  { target }: PlanInput,
  correlation: Correlation | undefined,
  account: number,
): Explanation['accounts'] {
  const positions = correlation?.found === 'undecided' ? correlation.candidates : [account]
  return positions.flatMap((position) => {
    const actual = target.accounts[position]
    return actual === undefined ? [] : [{ id: actual.id, label: accountLabel(actual), state: actual.state }]
  })
}

function attributesOf(
  input: PlanInput,
  view: PersonView | undefined,
  account: number,
  listener: Listener,
  changes: readonly Change[],
): readonly AttributeAnswer[] {
  const actual = input.target.accounts[account]
  const update = changes.find(({ kind }) => kind === 'account.update')
  const creation = changes.find(({ kind }) => kind === 'account.create')
  const answers: AttributeAnswer[] = []
  for (const { name } of input.ends.writableAttributes) {
    const wanted = view?.mapped.get(name)
    const has = actual === undefined ? undefined : attributeOf(actual, name)
    const change = [update, creation].find((each) => each?.after?.[name] !== undefined)
    const heard: StandReason | ReasonCode | undefined = change?.reason ?? listener.attributes.get(name)
    // What no rule maps is nothing anybody expects.
    if (heard === undefined || view?.mapped.has(name) === false) continue
    answers.push({
      name,
      ...(wanted === undefined ? {} : { wanted }),
      ...(has === undefined ? {} : { actual: has }),
      reason: heard,
    })
  }
  return answers
}

/** Changes of the person, of their account, and of the account that is made for them. */
function changesOf(
  changes: readonly Change[],
  key: string | undefined,
  accountId: string | undefined,
): readonly Change[] {
  const isPerson = ({ person }: Change) => key !== undefined && person?.key === key
  const creation = changes.find((change) => change.kind === 'account.create' && isPerson(change))?.seq
  const isTheirs = (ref: TargetRef | undefined) =>
    ref !== undefined && ('id' in ref ? ref.id === accountId : ref.createdBy === creation)
  return changes.filter((change) => isPerson(change) || isTheirs(change.account))
}
