import { api } from '../api.ts'

export type Noun = 'sources' | 'targets'

export const endsQuery = (noun: Noun) => ({
  queryKey: [noun] as const,
  queryFn: () => api[noun].list({ query: { limit: 1000 } }),
})

export const endQuery = (noun: Noun, key: string) => ({
  queryKey: [noun, key] as const,
  queryFn: () => api[noun].get({ params: { key } }),
})

export const catalogQuery = {
  queryKey: ['catalog'],
  queryFn: () => api.system.catalog(),
  staleTime: Number.POSITIVE_INFINITY,
} as const
