import type { DriftLookView } from '../../contract/drift.ts'
import { ProvisioningError } from '../../domain/errors.ts'
import { api } from '../api.ts'
import type { DriftSearch } from './search.ts'

/** The last look at what drifted from a connection; null where nobody looked yet. */
export const lastLookQuery = (key: string) => ({
  queryKey: ['drift', key, 'look'] as const,
  queryFn: async (): Promise<DriftLookView | null> => {
    try {
      return await api.drift.last({ params: { key } })
    } catch (thrown) {
      // The connection itself is asked for by the page; what is not there is the look.
      if (thrown instanceof ProvisioningError && thrown.code === 'not-found') return null
      throw thrown
    }
  },
})

/** One part of what the last look found, filtered. */
export async function findings(
  key: string,
  { kind, text, decided }: DriftSearch,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  signal: AbortSignal,
) {
  const query = {
    limit,
    ...(kind === undefined ? {} : { kind: [kind] }),
    ...(text === undefined ? {} : { text }),
    ...(decided === undefined ? {} : { decided }),
    ...(cursor === undefined ? {} : { cursor }),
  }
  return await api.drift.list({ params: { key }, query }, { signal })
}
