/** What a call ended with; `failed` = no answer at all. */
export type CallResult = '2xx' | '3xx' | '4xx' | '429' | '5xx' | 'failed'

export interface CallCount {
  readonly host: string
  readonly operation: string
  readonly result: CallResult
  readonly count: number
}

const counts = new Map<string, { readonly call: Omit<CallCount, 'count'>; count: number }>()
/** Hosts and operations are few; whatever makes them many must not fill the memory. */
const mostKinds = 5_000

/** Counts one call of this process to another system, for the metrics page. Operations are names, never addresses. */
export function countCall(host: string, operation: string, status: number | undefined): void {
  const result = resultOf(status)
  const key = `${host} ${operation} ${result}`
  const known = counts.get(key)
  if (known !== undefined) known.count += 1
  else if (counts.size < mostKinds) counts.set(key, { call: { host, operation, result }, count: 1 })
}

/** Every kind of call of this process since it began. */
export function callCounts(): readonly CallCount[] {
  return Array.from(counts.values(), ({ call, count }) => ({ ...call, count }))
}

function resultOf(status: number | undefined): CallResult {
  if (status === undefined) return 'failed'
  if (status === 429) return '429'
  return `${Math.floor(status / 100)}xx` as CallResult
}
