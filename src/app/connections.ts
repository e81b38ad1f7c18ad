import { isDeepStrictEqual } from 'node:util'
import type { ConnectionDetail, ConnectionView } from '../contract/connections.ts'
import type { EndState } from '../contract/ends.ts'
import { covers } from '../contract/route.ts'
import type { Handlers, Principal } from '../contract/routes.ts'
import { type ConnectionConfig, connectionSchema, modes } from '../domain/connection.ts'
import { fail } from '../domain/errors.ts'
import { nextTimes, type Schedule, scheduleText } from '../domain/schedule.ts'
import { lastBegun } from '../engine/due.ts'
import { isoTime } from '../platform/clock.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import { checkConnection } from './configuration-check.ts'
import { type EndChecks, endStateOf } from './end-state.ts'
import { createImpacts } from './impact.ts'
import { judge } from './judging.ts'
import {
  findingsFor,
  historyOf,
  objectView,
  refuseFindings,
  refuseManagedByFile,
  removeObject,
  saveObject,
} from './objects.ts'
import { keyOfPerson } from './one-person.ts'
import { scheduleOf } from './setups.ts'
import { keepLive, pageOf, type UseCase } from './use-case.ts'
import { problemList, runView } from './views.ts'
import { unplaced } from './yaml-text.ts'

/** Codes of a failed run that ask for a new secret or right. */
const refusals: readonly string[] = ['auth-failed', 'forbidden']

/** Settings by which a connection reaches other people, other accounts, or what other connections say about them. */
const reach = ['source', 'target', 'priority'] as const

/** Throws `not-allowed` when somebody who administers one connection would make it reach further than it does. */
function refuseNewReach(
  { name }: Principal,
  before: ConfigObject | undefined,
  after: Readonly<Record<string, unknown>>,
): void {
  const changed = reach.filter((setting) => !isDeepStrictEqual(before?.document[setting], after[setting]))
  if (before !== undefined && changed.length === 0) return
  throw fail.notAllowed(
    before === undefined
      ? `${name} administers single connections and cannot make new ones.`
      : `${name} administers this connection but cannot change its ${changed.join(', ')}.`,
    { hint: 'Ask somebody who is an administrator everywhere.' },
  )
}

export function connectionUseCases(useCase: UseCase, checks: EndChecks): Handlers['connections'] {
  const { store, runner, clock } = useCase
  const impacts = createImpacts(useCase)

  const nextRunsOf = async (object: ConfigObject, schedule: Schedule | undefined, count: number) => {
    if (schedule === undefined || (await store.pauses.get(object.key)) !== undefined) return []
    const { since, hasRun } = await lastBegun(store, object)
    return nextTimes(schedule, since, hasRun, clock.now(), count).map(isoTime)
  }

  const viewOf = async (object: ConfigObject, objects: readonly ConfigObject[]): Promise<ConnectionView> => {
    const path = ['connections', object.key]
    const { config, findings } = checkConnection(object.document, path, useCase.surroundings(objects))
    const [lastRun] = (await store.runs.list({ connection: object.key }, { limit: 1 })).items
    const schedule = scheduleOf(useCase.catalog, objects, object)
    const [nextRunAt] = await nextRunsOf(object, schedule, 1)
    const pause = await store.pauses.get(object.key)
    const mode = modes.find((each) => each === object.document.mode)
    const own: EndState = {
      state: findings.length > 0 ? 'incomplete' : 'ready',
      problems: problemList(findings.map(unplaced)),
    }
    const state = findings.length > 0 ? own : await stateOfEnds(objects, config!)
    return {
      ...objectView(object),
      source: String(object.document.source),
      target: String(object.document.target),
      mode: config?.mode ?? mode ?? 'review',
      schedule: schedule === undefined ? undefined : scheduleText(schedule),
      nextRunAt,
      paused: pause === undefined ? undefined : { since: isoTime(pause.since), by: pause.by, why: pause.why },
      state:
        state.state === 'ready' && refusals.includes(lastRun?.error?.code ?? '')
          ? {
              state: 'needs-attention',
              problems: [
                { where: `run ${lastRun!.number}`, message: lastRun!.error!.message, hint: lastRun!.error!.hint },
              ],
            }
          : state,
      lastRun: lastRun === undefined ? undefined : runView(lastRun),
    }
  }

  /** A connection is as well as its two ends. */
  const stateOfEnds = async (objects: readonly ConfigObject[], config: ConnectionConfig): Promise<EndState> => {
    const ends = objects.filter(
      ({ kind, key }) => (kind === 'source' && key === config.source) || (kind === 'target' && key === config.target),
    )
    const states = await Promise.all(ends.map((end) => endStateOf(useCase, end, checks)))
    const worst = (['incomplete', 'needs-attention'] as const).find((each) =>
      states.some(({ state }) => state === each),
    )
    return { state: worst ?? 'ready', problems: states.flatMap(({ problems }) => problems) }
  }

  return {
    async list({ sees }, { query }) {
      const objects = await useCase.objects()
      const { items, next } = pageOf(
        objects.filter(({ kind, key }) => kind === 'connection' && (sees?.includes(key) ?? true)),
        query,
      )
      return { items: await Promise.all(items.map((object) => viewOf(object, objects))), next }
    },

    async get(_caller, { params }): Promise<ConnectionDetail> {
      const object = await useCase.object('connection', params.key)
      const parsed = connectionSchema.safeParse(object.document)
      const objects = await useCase.objects()
      const path = ['connections', object.key]
      const { refusals, warnings } = checkConnection(object.document, path, useCase.surroundings(objects))
      return {
        ...(await viewOf(object, objects)),
        warnings: problemList([...refusals, ...warnings].map(unplaced)),
        document: { ...object.document },
        nextRuns: [...(await nextRunsOf(object, scheduleOf(useCase.catalog, objects, object), 5))],
        effective: parsed.success ? { ...parsed.data } : undefined,
      }
    },

    async put({ principal }, { params: { key }, body: { document, basedOn } }) {
      if (!covers(principal.roles, 'admin')) {
        refuseNewReach(principal, await store.configuration.get('connection', key), document)
      }
      if ((await store.configuration.get('connection', key))?.owner === 'file') refuseManagedByFile('connection', key)
      const { findings, warnings } = await findingsFor(useCase, 'connection', key, document)
      refuseFindings('connection', key, findings)
      const saved = await saveObject(useCase, principal, 'connection', key, document, { basedOn })
      return { ...saved, warnings: problemList(warnings.map(unplaced)) }
    },

    checkRules: (_caller, { params: { key }, body: { document } }) => judge(useCase, key, document),

    impact: ({ principal, signal }, { params: { key }, body: { document } }) =>
      impacts.of(principal, key, document, signal),

    async pause({ principal }, { params: { key }, body: { why } }) {
      const object = await useCase.object('connection', key)
      if (await store.pauses.pause(key, principal.name, why)) {
        await useCase.audit(principal, 'connection.pause', `connection:${key}`, why === undefined ? {} : { why })
      }
      return viewOf(object, await useCase.objects())
    },

    async resume({ principal }, { params: { key } }) {
      const object = await useCase.object('connection', key)
      if (await store.pauses.resume(key)) await useCase.audit(principal, 'connection.resume', `connection:${key}`)
      return viewOf(object, await useCase.objects())
    },

    delete: ({ principal }, { params }) => removeObject(useCase, principal, 'connection', params.key),

    history: (_caller, { params, query }) => historyOf(useCase, 'connection', params.key, query),

    async retire({ principal, door }, { params: { key }, body: choice }) {
      await useCase.object('connection', key)
      // Paused before anything is read, so that no run grants again what is about to be taken away.
      const isNewPause = await store.pauses.pause(key, principal.name, 'it is being retired')
      const request = { trigger: door, startedBy: principal.name }
      const begun = await runner.retire(key, choice, request).catch(async (error: unknown) => {
        if (isNewPause) await store.pauses.resume(key)
        throw error
      })
      await useCase.audit(principal, 'connection.retire', `connection:${key}`, { run: begun.run.number, ...choice })
      return runView(keepLive(useCase, begun))
    },

    async undoSince({ principal, door }, { params: { key }, body: { since, person } }) {
      await useCase.object('connection', key)
      const then = { since: Date.parse(since), person }
      if (then.since > clock.now()) throw fail.usage(`${since} is not in the past; nothing was done since then.`)
      const begun = await runner.undoSince(key, then, { trigger: door, startedBy: principal.name })
      const detail = { run: begun.run.number, since: isoTime(then.since), ...(person === undefined ? {} : { person }) }
      await useCase.audit(principal, 'connection.undo', `connection:${key}`, detail)
      return runView(keepLive(useCase, begun))
    },

    async run({ principal, door }, { params: { key }, body: { kind, person } }) {
      if ((kind === 'incremental') !== (person !== undefined)) {
        throw fail.usage('A run of the kind "incremental" is about one person; the other kinds are about everybody.', {
          hint: 'Send { "kind": "incremental", "person": "<key or login>" }.',
        })
      }
      if (kind === 'incremental') {
        const some = { people: [await keyOfPerson(useCase, key, person ?? '')], groups: [] }
        const begun = await runner.startSome(key, some, { trigger: door, startedBy: principal.name, isUrgent: true })
        const { number } = begun.run
        await useCase.audit(principal, 'run.start', `connection:${key}`, { run: number, kind, person: some.people[0] })
        return runView(keepLive(useCase, begun))
      }
      const run = keepLive(useCase, await runner.start(key, { kind, trigger: door, startedBy: principal.name }))
      await useCase.audit(principal, 'run.start', `connection:${key}`, { run: run.number, kind })
      return runView(run)
    },
  }
}
