import type { CheckReport, EndState } from '../contract/ends.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import type { Installation } from './installation.ts'
import { problemList } from './views.ts'

/** What the doctor said last in this process. */
export interface EndChecks {
  remember(kind: 'source' | 'target', key: string, report: CheckReport): void
  forget(kind: 'source' | 'target', key: string): void
  last(kind: 'source' | 'target', key: string): CheckReport | undefined
}

export function createEndChecks(): EndChecks {
  const reports = new Map<string, CheckReport>()
  const name = (kind: string, key: string) => `${kind}:${key}`
  return {
    remember: (kind, key, report) => void reports.set(name(kind, key), report),
    forget: (kind, key) => void reports.delete(name(kind, key)),
    last: (kind, key) => reports.get(name(kind, key)),
  }
}

/** Incomplete while something is missing; needs attention while the last check failed; else ready (D26). */
export async function endStateOf(
  installation: Installation,
  object: ConfigObject,
  checks: EndChecks,
): Promise<EndState> {
  const missing = await installation.problems(object)
  const report = checks.last(object.kind as 'source' | 'target', object.key)
  if (missing.length > 0) return { state: 'incomplete', problems: problemList(missing), checkedAt: report?.checkedAt }
  const failed = (report?.steps ?? []).filter(({ status }) => status === 'failed')
  return {
    state: failed.length > 0 ? 'needs-attention' : 'ready',
    problems: failed.map(({ name, message, remedy }) => ({ where: name, message, hint: remedy })),
    checkedAt: report?.checkedAt,
  }
}
