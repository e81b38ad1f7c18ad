import { api } from '../api.ts'
import type { PlanFilter } from './filter.ts'

/** Rows of one request; the list asks for more before its end is reached. */
const pageSize = 200

export const runQuery = (run: string) => ({
  queryKey: ['run', run] as const,
  queryFn: () => api.runs.get({ params: { run } }),
})

export const planQuery = (plan: string) => ({
  queryKey: ['plan', plan] as const,
  queryFn: () => api.plans.get({ params: { plan } }),
})

export const facetsQuery = (plan: string, text: string | undefined) => ({
  queryKey: ['plan', plan, 'facets', text] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.plans.facets({ params: { plan }, query: text === undefined ? {} : { text } }, { signal }),
})

/** Changes that a filter shows. A request that a newer filter overtook is given up, here and at the server. */
export const changesQuery = (plan: string, filter: PlanFilter) => ({
  queryKey: ['plan', plan, 'changes', filter] as const,
  queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
    changesOf(plan, filter, { limit: pageSize, ...(pageParam === undefined ? {} : { cursor: pageParam }) }, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { readonly next?: string | undefined }) => last.next,
})

/** One part of what a filter shows. */
export async function changesOf(
  plan: string,
  { kind, state, outcome, reason, hold, text }: PlanFilter,
  part: { readonly cursor?: string; readonly limit: number },
  signal: AbortSignal,
) {
  const query = {
    ...part,
    ...(kind === undefined ? {} : { kind: [kind] }),
    ...(state === undefined ? {} : { state: [state] }),
    ...(outcome === undefined ? {} : { outcome: [outcome] }),
    ...(reason === undefined ? {} : { reason: [reason] }),
    ...(hold === undefined ? {} : { hold: [hold] }),
    ...(text === undefined ? {} : { text }),
  }
  return await api.plans.changes({ params: { plan }, query }, { signal })
}
