import { type Allow, forbiddenKinds } from '../domain/allow.ts'
import type { Operation, Target, TargetIdentity } from '../ports/target.ts'

/**
 * The target without what its own settings forbid (D26): planner and executor then see a target that cannot do it, so
 * that no connection, undo or old plan can ask for it.
 */
export function withAllowed(target: Target, allow: Allow): Target {
  const forbidden = forbiddenKinds(allow)
  const operations = () => {
    const rest = Object.entries(target.operations).filter(
      ([kind]) => !forbidden.has(kind as keyof Target['operations']),
    )
    return Object.fromEntries(rest) as Readonly<Record<string, Operation>>
  }
  const identify: Target['identify'] = async (signal) => {
    const identity = await target.identify(signal)
    const notOffered: Record<string, string> = { ...identity.notOffered }
    for (const [kind, setting] of forbidden) {
      notOffered[kind] ??= `the settings of the target forbid it (${setting}: false)`
    }
    return { ...identity, notOffered } satisfies TargetIdentity
  }
  return new Proxy(target, {
    get(original, name) {
      if (name === 'operations') return operations()
      if (name === 'identify') return identify
      const value: unknown = Reflect.get(original, name, original)
      return typeof value === 'function' ? value.bind(original) : value
    },
  })
}
