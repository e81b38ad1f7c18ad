import { api } from '../api.ts'

export const connectionsQuery = {
  queryKey: ['connections'],
  queryFn: () => api.connections.list({ query: { limit: 1000 } }),
  refetchInterval: 10_000,
} as const

export const connectionQuery = (key: string) => ({
  queryKey: ['connections', key] as const,
  queryFn: () => api.connections.get({ params: { key } }),
  refetchInterval: 10_000,
})
