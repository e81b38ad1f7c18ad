import { api } from '../api.ts'

/** What waits for a person: runs that are held or wait for approval, and work items. The first hundred of each. */
export const waitingQuery = {
  queryKey: ['waiting'],
  async queryFn() {
    const [runs, items] = await Promise.all([
      api.runs.list({ query: { state: ['held', 'waiting'], limit: 100 } }),
      api.workItems.list({ query: { limit: 100 } }),
    ])
    return { runs: runs.items, items: items.items, count: runs.items.length + items.items.length }
  },
  refetchInterval: 30_000,
} as const
