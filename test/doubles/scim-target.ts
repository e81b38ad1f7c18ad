import { forEachOf, pieces } from '../../src/connectors/kit/waiting.ts'
import { scim } from '../../src/connectors/targets/scim/index.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { ConnectorContext } from '../../src/ports/connector-context.ts'
import type { Applied, Order, Target } from '../../src/ports/target.ts'
import type { QuickClock } from './quick-clock.ts'

/** A context for one connector on a quick clock; what it logs is kept. */
export function contextOn(clock: QuickClock, log: string[]): ConnectorContext {
  return {
    key: 'provider',
    now: clock.now,
    sleep: clock.sleep,
    log: (message, fields) => void log.push(JSON.stringify({ message, ...fields })),
    baseDir: '.',
    localDirectory: undefined as never,
    instanceId: 'test',
  }
}

export function scimTarget(
  baseUrl: string,
  token: string,
  clock: QuickClock,
  log: string[] = [],
  more: object = {},
): Target {
  const settings = scim.config.parse({ baseUrl, token: new Secret(token), ...more })
  return scim.connect(settings, contextOn(clock, log))
}

const patienceMs = 300_000

/** Carries out orders of one kind in calls as large as the target takes; throws what failed. */
export async function applyAll(target: Target, orders: readonly Omit<Order, 'seq'>[]): Promise<readonly Applied[]> {
  const signal = AbortSignal.timeout(patienceMs)
  await target.identify(signal)
  const answers: Applied[] = []
  for (const [kind, ofKind] of Map.groupBy(
    orders.map((order, index) => ({ ...order, seq: index + 1 })),
    ({ kind: each }) => each,
  )) {
    const operation = target.operations[kind]
    if (operation === undefined) throw new Error(`${kind} is not offered`)
    const calls = await forEachOf(pieces(ofKind, operation.batchSize), target.concurrency, (some) =>
      operation.apply(some, { signal, notify: false }),
    )
    answers.push(...calls.flat())
  }
  const failed = answers.find((answer) => answer.outcome === 'failed')
  if (failed?.outcome === 'failed') throw failed.error
  return answers.toSorted((a, b) => a.seq - b.seq)
}
