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
  queryFn: () => api.plans.facets({ params: { plan }, query: text === undefined ? {} : { text } }),
})

export const changesQuery = (plan: string, filter: PlanFilter) => ({
  queryKey: ['plan', plan, 'changes', filter] as const,
  queryFn: ({ pageParam }: { pageParam: string | undefined }) =>
    api.plans.changes({
      params: { plan },
      query: {
        limit: pageSize,
        ...(filter.kind === undefined ? {} : { kind: [filter.kind] }),
        ...(filter.state === undefined ? {} : { state: [filter.state] }),
        ...(filter.outcome === undefined ? {} : { outcome: [filter.outcome] }),
        ...(filter.reason === undefined ? {} : { reason: [filter.reason] }),
        ...(filter.hold === undefined ? {} : { hold: [filter.hold] }),
        ...(filter.text === undefined ? {} : { text: filter.text }),
        ...(pageParam === undefined ? {} : { cursor: pageParam }),
      },
    }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { readonly next?: string | undefined }) => last.next,
})
