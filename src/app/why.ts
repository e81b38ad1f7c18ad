import type { Handlers } from '../contract/routes.ts'
import type { WhyAnswer, WhyReport } from '../contract/why.ts'
import { asProvisioningError, fail } from '../domain/errors.ts'
import { standReasons } from '../domain/reason.ts'
import { explain } from '../engine/explain/explain.ts'
import type { Explanation } from '../engine/explain/explanation.ts'
import { readAsARun } from '../engine/explain/reading.ts'
import { sentenceOf, stepsOf } from '../engine/explain/sentences.ts'
import { subjectsOf } from '../engine/explain/subjects.ts'
import type { PlanInput } from '../engine/planner/input.ts'
import { isoTime } from '../platform/clock.ts'
import type { ConfigObject } from '../ports/store.ts'
import { recollect, runNumbered } from './recollecting.ts'
import { createConnections } from './setups.ts'
import type { UseCase } from './use-case.ts'
import { changeView, timeOrNone } from './views.ts'

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
      const signal = AbortSignal.any([asked, AbortSignal.timeout(longestMs)])
      const objects = await connectionsNamed(useCase, run?.connection ?? connection)
      await useCase.audit(principal, 'why', `person:${person}`, { ...(group === undefined ? {} : { group }) })
      const connections: Answers[] = []
      for (const object of objects) {
        connections.push(
          fresh === 'true'
            ? await answersOf(useCase, object, person, group, signal)
            : await recollected(useCase, object, { person, group, run }),
        )
      }
      return { person, ...(group === undefined ? {} : { group }), connections }
    },
  }
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
async function answersOf(
  useCase: UseCase,
  object: ConfigObject,
  person: string,
  group: string | undefined,
  signal: AbortSignal,
): Promise<Answers> {
  const named = namesOf(object)
  try {
    const open = await createConnections(useCase).open(object.key)
    const [source, target] = [open.openSource(), open.openTarget()]
    try {
      const input = await readAsARun({ store: useCase.store, clock: useCase.clock, open, source, target, signal })
      return { ...named, mode: open.connection.mode, remembered: [], ...answered(input, person, group) }
    } finally {
      await Promise.allSettled([source.close(), target.close()])
    }
  } catch (thrown) {
    const { code, message, hint } = asProvisioningError(thrown)
    if (code === 'bug' || signal.aborted) throw thrown
    return { ...named, people: [], remembered: [], error: { message, hint } }
  }
}

function answered(input: PlanInput, person: string, group: string | undefined): Pick<Answers, 'facts' | 'people'> {
  return {
    facts: { sourceAt: isoTime(input.source.takenAt), targetAt: isoTime(input.target.takenAt) },
    people: subjectsOf(input, person).map((subject) => answerView(explain(input, subject, group))),
  }
}

function answerView(explanation: Explanation): WhyAnswer {
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
  }
}
