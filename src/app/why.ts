import { covers } from '../contract/route.ts'
import type { Handlers } from '../contract/routes.ts'
import type { WhyAnswer, WhyReport } from '../contract/why.ts'
import { asProvisioningError, fail } from '../domain/errors.ts'
import { standReasons } from '../domain/reason.ts'
import { explain } from '../engine/explain/explain.ts'
import type { Explanation } from '../engine/explain/explanation.ts'
import { readAsARun } from '../engine/explain/reading.ts'
import { sentenceOf, stepsOf } from '../engine/explain/sentences.ts'
import { subjectsOf } from '../engine/explain/subjects.ts'
import { type Difference, differenceOf, type Supposition, suppose } from '../engine/explain/supposition.ts'
import type { PlanInput } from '../engine/planner/input.ts'
import { isoTime } from '../platform/clock.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import { recollect, runNumbered } from './recollecting.ts'
import { createConnections } from './setups.ts'
import type { UseCase } from './use-case.ts'
import { changeView, timeOrNone } from './views.ts'
import { readWhatIf, type WhatIf } from './what-if.ts'

/** Reading both sides takes as long as a plan. */
const longestMs = 15 * 60_000

type Answers = WhyReport['connections'][number]

export function whyUseCases(useCase: UseCase): Handlers['why'] {
  return {
    async ask({ principal, signal: asked }, { query: { person, group, connection, fresh, at } }) {
      const run = at === undefined ? undefined : await runNumbered(useCase.store, at)
      if (run !== undefined && fresh === 'true') {
        throw fail.usage('What an earlier run saw cannot be read afresh.', { hint: 'Ask with at, or with fresh.' })
      }
      if (fresh === 'true' && !covers(principal.roles, 'operator')) {
        throw fail.notAllowed(`${principal.name} may ask what is remembered, but not read both sides for it.`, {
          hint: 'Ask without fresh, or with the role operator.',
        })
      }
      const signal = AbortSignal.any([asked, AbortSignal.timeout(longestMs)])
      const objects = await connectionsNamed(useCase, run?.connection ?? connection)
      await useCase.audit(principal, 'why', `person:${person}`, { ...(group === undefined ? {} : { group }) })
      const connections: Answers[] = []
      for (const object of objects) {
        connections.push(
          fresh === 'true'
            ? await answersOf(useCase, object, { person, group, signal })
            : await recollected(useCase, object, { person, group, run }),
        )
      }
      return { person, ...(group === undefined ? {} : { group }), connections }
    },

    async suppose({ principal, signal: asked }, { body: { person, group, connection, yaml, file } }) {
      const whatIf = await readWhatIf(useCase, yaml, file ?? 'what-if')
      const signal = AbortSignal.any([asked, AbortSignal.timeout(longestMs)])
      const named = await connectionsNamed(useCase, connection)
      const isMeant = ({ key }: ConfigObject) => whatIf.connections.length === 0 || whatIf.connections.includes(key)
      await useCase.audit(principal, 'why.suppose', `person:${person}`, { ...(group === undefined ? {} : { group }) })
      const connections: Answers[] = []
      for (const object of named.filter(isMeant)) {
        connections.push(await answersOf(useCase, object, { person, group, signal, whatIf }))
      }
      return { person, ...(group === undefined ? {} : { group }), connections }
    },
  }
}

interface Question {
  readonly person: string
  readonly group: string | undefined
  readonly signal: AbortSignal
  readonly whatIf?: WhatIf
}

async function connectionsNamed(useCase: UseCase, name: string | undefined): Promise<readonly ConfigObject[]> {
  const all = await useCase.objects('connection')
  if (name === undefined) return all
  const chosen = all.filter(({ key }) => key === name)
  if (chosen.length > 0) return chosen
  throw fail.notFound(`There is no connection "${name}".`, { hint: 'List them: muster connections' })
}

async function recollected(
  { store }: UseCase,
  object: ConfigObject,
  asked: Parameters<typeof recollect>[2],
): Promise<Answers> {
  const { remembered, readAt, run } = await recollect(store, object, asked)
  return {
    ...namesOf(object),
    ...(readAt === undefined ? {} : { facts: { sourceAt: isoTime(readAt), targetAt: isoTime(readAt), run } }),
    people: [],
    remembered,
  }
}

function namesOf({ key, document }: ConfigObject) {
  return { connection: key, source: String(document.source), target: String(document.target) }
}

/** What one connection knows. One that cannot be read is said, and the others are still asked. */
async function answersOf(useCase: UseCase, object: ConfigObject, question: Question): Promise<Answers> {
  const { signal, whatIf } = question
  const named = namesOf(object)
  try {
    const open = await createConnections(useCase).open(object.key)
    const [source, target] = [open.openSource(), open.openTarget()]
    try {
      const input = await readAsARun({ store: useCase.store, clock: useCase.clock, open, source, target, signal })
      return { ...named, mode: open.connection.mode, remembered: [], ...answered(input, question, whatIf?.of(open)) }
    } finally {
      await Promise.allSettled([source.close(), target.close()])
    }
  } catch (thrown) {
    const { code, message, hint } = asProvisioningError(thrown)
    if (code === 'bug' || signal.aborted) throw thrown
    return { ...named, people: [], remembered: [], error: { message, hint } }
  }
}

function answered(
  input: PlanInput,
  { person, group }: Question,
  supposition: Supposition | undefined,
): Pick<Answers, 'facts' | 'people'> {
  const supposed = supposition === undefined ? input : suppose(input, supposition)
  const now = (sourceKey: string | undefined) => {
    if (supposition === undefined) return undefined
    const before = subjectsOf(input, sourceKey ?? person).find((each) => each.sourceKey === sourceKey)
    return before === undefined ? [] : explain(input, before, group).changes
  }
  return {
    facts: { sourceAt: isoTime(input.source.takenAt), targetAt: isoTime(input.target.takenAt) },
    people: subjectsOf(supposed, person).map((subject) => {
      const answer = explain(supposed, subject, group)
      const changes = now(subject.sourceKey)
      return answerView(answer, changes === undefined ? undefined : differenceOf(changes, answer.changes))
    }),
  }
}

function answerView(explanation: Explanation, difference: Difference | undefined): WhyAnswer {
  const { label, sourceKey, record, scope, match, standstill, departure, accounts } = explanation
  return {
    label,
    sourceKey,
    steps: stepsOf(explanation).map((step) => ({ ...step })),
    record: record === undefined ? undefined : { active: record.active },
    scope,
    match,
    accounts: accounts.map((each) => ({ ...each })),
    standstill:
      standstill === undefined
        ? undefined
        : { ...standstill, sentence: standReasons[standstill.reason], dueAt: timeOrNone(standstill.dueAt) },
    departure:
      departure === undefined ? undefined : { signal: departure.signal, provenSince: isoTime(departure.firstProvenAt) },
    attributes: explanation.attributes.map((each) => ({ ...each, sentence: sentenceOf(each.reason) })),
    memberships: explanation.memberships.map(({ path, filledBy, grants, stateReasons, ...rest }) => ({
      ...rest,
      sentence: sentenceOf(rest.reason),
      path: path && [...path],
      filledBy: filledBy.map((each) => ({ ...each })),
      grants: grants.map((each) => ({ ...each })),
      stateReasons: [...stateReasons],
    })),
    changes: explanation.changes.map(changeView),
    workItems: explanation.workItems.map(({ reason, message }) => ({ reason, message })),
    unproven: [...explanation.unproven],
    difference: difference === undefined ? undefined : { more: [...difference.more], fewer: [...difference.fewer] },
  }
}
