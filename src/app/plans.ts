import type { Handlers, Principal } from '../contract/routes.ts'
import { connectionSchema } from '../domain/connection.ts'
import { fail } from '../domain/errors.ts'
import type { Plan } from '../domain/plan.ts'
import type { Review } from '../domain/review.ts'
import { refuseExpired } from '../engine/validity.ts'
import { customNamesOf } from './custom-names.ts'
import { refuseSamePerson } from './four-eyes.ts'
import { keepLive, type UseCase } from './use-case.ts'
import { changeView, planView, runView } from './views.ts'

export function planUseCases(useCase: UseCase): Handlers['plans'] {
  const { store, runner } = useCase

  const find = async (id: string): Promise<Plan> => {
    const plan = await store.plans.get(id)
    if (plan === undefined)
      throw fail.notFound(`There is no plan ${id}.`, { hint: 'Runs name their plans: muster runs' })
    return plan
  }

  const view = async (plan: Plan) => {
    const run = await store.runs.get(plan.runId)
    if (run === undefined) throw fail.notFound(`The run of plan ${plan.id} is no longer kept.`)
    const more = {
      tally: await store.plans.tally(plan.id),
      approval: await store.plans.approval(plan.id),
      rejection: await store.plans.rejection(plan.id),
      expiresAt: await reviewOf(plan).then((review) => review && plan.createdAt + review.validFor),
    }
    return planView(plan, run, more, await customNamesOf(useCase, plan.connection))
  }

  /** Undefined when the connection is gone or cannot be read any more. */
  const reviewOf = async ({ connection }: Plan): Promise<Review | undefined> => {
    const object = await store.configuration.get('connection', connection)
    const parsed = object === undefined ? undefined : connectionSchema.safeParse(object.document)
    return parsed?.data?.review
  }

  /** Refuses who must not approve this plan, and a plan that is too old to be approved. */
  const refuseApproval = async (principal: Principal, plan: Plan) => {
    const run = await store.runs.get(plan.runId)
    if (run === undefined) throw fail.notFound(`The run of plan ${plan.id} is no longer kept.`)
    const review = await reviewOf(plan)
    if (review !== undefined) refuseExpired(plan, run, review, useCase.clock.now())
    await refuseSamePerson(useCase, principal, plan, run)
  }

  return {
    get: async (_caller, { params }) => view(await find(params.plan)),

    async changes(_caller, { params, query: { kind, state, outcome, reason, hold, text, cursor, limit } }) {
      const plan = await find(params.plan)
      const filter = {
        ...(kind === undefined ? {} : { kinds: kind }),
        ...(state === undefined ? {} : { states: state }),
        ...(outcome === undefined ? {} : { outcomes: outcome }),
        ...(reason === undefined ? {} : { reasons: reason }),
        ...(hold === undefined ? {} : { holds: hold }),
        ...(text === undefined || text === '' ? {} : { text }),
      }
      const { items, next } = await store.plans.changes(plan.id, filter, { cursor, limit })
      return { items: items.map(changeView), next }
    },

    async facets(_caller, { params, query: { text } }) {
      const plan = await find(params.plan)
      const facets = await store.plans.facets(plan.id, text === '' ? undefined : text)
      return { items: facets.map(({ holds, ...facet }) => ({ ...facet, holds: [...holds] })) }
    },

    async impact(_caller, { params }) {
      const plan = await find(params.plan)
      const { groupsEmptied, administrators, ...counts } = await store.plans.impact(plan.id)
      return { ...counts, groupsEmptied: [...groupsEmptied], administrators: [...administrators] }
    },

    async approve({ principal }, { params, body: { fingerprint, release, comment } }) {
      const plan = await find(params.plan)
      await refuseApproval(principal, plan)
      await store.plans.approve(plan.id, fingerprint, principal.name, comment)
      let released = 0
      if (release !== undefined) {
        const part = 'all' in release ? undefined : release
        released = await store.plans.release(plan.id, fingerprint, principal.name, part, comment)
      }
      await useCase.audit(principal, 'plan.approve', `plan:${plan.id}`, { fingerprint, release, released, comment })
      return { released, plan: await view(plan) }
    },

    async reject({ principal }, { params, body: { fingerprint, comment } }) {
      const plan = await find(params.plan)
      if (useCase.live.has(plan.runId)) {
        throw fail.conflict('The run of this plan is under way.', { hint: 'Stop it first: muster cancel' })
      }
      await store.plans.reject(plan.id, fingerprint, principal.name, comment)
      await useCase.audit(principal, 'plan.reject', `plan:${plan.id}`, { fingerprint, comment })
      return view(plan)
    },

    async apply({ principal }, { params }) {
      const plan = await find(params.plan)
      const run = keepLive(useCase, await runner.apply(plan.id, principal.name))
      await useCase.audit(principal, 'plan.apply', `plan:${plan.id}`, { run: run.number })
      return runView(run)
    },
  }
}
