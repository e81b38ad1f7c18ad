import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query'

interface PageOf<Item> {
  readonly items: readonly Item[]
  readonly next?: string | undefined
}

interface PageAsked {
  readonly limit: number
  readonly cursor?: string
}

/** A list of the server, page after page as somebody asks for more. */
export function usePages<Item>(
  queryKey: QueryKey,
  limit: number,
  ask: (page: PageAsked, signal: AbortSignal) => Promise<PageOf<Item>>,
) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      ask({ limit, ...(pageParam === undefined ? {} : { cursor: pageParam }) }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })
}
