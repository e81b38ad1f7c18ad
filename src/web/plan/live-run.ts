import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { RunView } from '../../contract/runs.ts'
import { api } from '../api.ts'
import type { PlanFilter } from './filter.ts'
import { changesQuery, runQuery } from './queries.ts'

const moving: readonly RunView['state'][] = ['planning', 'applying']
/** A plan under way is asked again at most this often. */
const refreshMs = 1_500

/** A run by its number, followed by server-sent events while it moves. */
export function useLiveRun(run: string, filter: PlanFilter) {
  const queries = useQueryClient()
  const query = useQuery({
    ...runQuery(run),
    queryFn: async () => {
      const view = await runQuery(run).queryFn()
      // Asked for beside the plan and not after it: the first change is what people wait for.
      if (view.planId !== undefined) void queries.prefetchInfiniteQuery(changesQuery(view.planId, filter))
      return view
    },
  })
  const isMoving = query.data !== undefined && moving.includes(query.data.state)
  useEffect(() => {
    if (!isMoving) return
    const watching = new AbortController()
    const refresh = setInterval(() => void queries.invalidateQueries({ queryKey: ['plan'] }), refreshMs)
    const watch = async () => {
      for await (const view of api.runs.events({ params: { run } }, { signal: watching.signal }))
        queries.setQueryData(runQuery(run).queryKey, view)
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['run', run] }),
        queries.invalidateQueries({ queryKey: ['plan'] }),
        queries.invalidateQueries({ queryKey: ['waiting'] }),
      ])
    }
    // When the line breaks, the run is simply asked again.
    watch().catch(() => (watching.signal.aborted ? undefined : queries.invalidateQueries({ queryKey: ['run', run] })))
    return () => {
      clearInterval(refresh)
      watching.abort()
    }
  }, [isMoving, queries, run])
  return query
}
