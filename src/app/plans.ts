import type { Handlers } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import type { Plan } from '../domain/plan.ts'
import { customNamesOf } from './custom-names.ts'
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
    const [tally, approval] = [await store.plans.tally(plan.id), await store.plans.approval(plan.id)]
    return planView(plan, run, tally, approval, await customNamesOf(useCase, plan.connection))
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

    async approve({ principal }, { params, body: { fingerprint, release } }) {
      const plan = await find(params.plan)
      await store.plans.approve(plan.id, fingerprint, principal.name)
      let released = 0
      if (release !== undefined) {
        const part = 'all' in release ? undefined : release
        released = await store.plans.release(plan.id, fingerprint, principal.name, part)
      }
      await useCase.audit(principal, 'plan.approve', `plan:${plan.id}`, { fingerprint, release, released })
      return { released, plan: await view(plan) }
    },

    async apply({ principal }, { params }) {
      const plan = await find(params.plan)
      const run = keepLive(useCase, await runner.apply(plan.id, principal.name))
      await useCase.audit(principal, 'plan.apply', `plan:${plan.id}`, { run: run.number })
      return runView(run)
    },
  }
}
