import { useQuery } from '@tanstack/react-query'
import { ChangeColumns } from './change-columns.tsx'
import { readsOf } from './queries.ts'
import { ReadLines } from './read-lines.tsx'

/** What the last runs of a connection planned, and what they read. Nothing before there are two to compare. */
export function ConnectionPictures({ connection }: { readonly connection: string }) {
  const { data } = useQuery(readsOf(connection))
  if (data === undefined || data.length < 2) return null
  return (
    <div className="columns">
      <ChangeColumns runs={data} />
      <ReadLines runs={data} />
    </div>
  )
}
