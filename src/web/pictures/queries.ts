import { api } from '../api.ts'

/** Runs of a timeline; more are not drawn, and it says so. */
const mostRuns = 500

/** The newest runs of everything the reader may see. */
export const recentRunsQuery = {
  queryKey: ['runs', 'timeline'],
  queryFn: () => api.runs.list({ query: { limit: mostRuns } }),
  refetchInterval: 30_000,
} as const

/** The newest runs of one connection that made a plan of everybody, the oldest first. */
export const readsOf = (connection: string) =>
  ({
    queryKey: ['runs', 'reads', connection],
    async queryFn() {
      const { items } = await api.runs.list({ query: { connection, limit: 60 } })
      return items.filter(({ planned, kind }) => planned !== undefined && kind !== 'incremental').reverse()
    },
    refetchInterval: 30_000,
  }) as const
