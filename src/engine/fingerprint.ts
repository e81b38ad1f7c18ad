import { createHash } from 'node:crypto'
import type { Change, TargetRef } from '../domain/change.ts'

/** SHA-256 over the canonical rows of a plan, in order; what a person reviewed is exactly this (D11). */
export function fingerprintOf(connectionVersion: number, directoryKey: string, changes: readonly Change[]): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([directoryKey, connectionVersion]))
  for (const change of changes) {
    hash.update(
      JSON.stringify([
        change.seq,
        change.kind,
        refOf(change.account),
        refOf(change.group),
        change.person?.key ?? null,
        change.sourceGroup?.key ?? null,
        sorted(change.before),
        sorted(change.after),
        change.reason,
        change.rule,
        change.needs,
        ...(change.access === undefined ? [] : [[change.access.product, change.access.role]]),
        ...(change.lead === undefined ? [] : [[change.lead.kind, change.lead.id, change.lead.to.id]]),
      ]),
    )
  }
  return hash.digest('hex')
}

function refOf(ref: TargetRef | undefined): string | number | null {
  if (ref === undefined) return null
  return 'id' in ref ? ref.id : ref.createdBy
}

function sorted(values: Readonly<Record<string, unknown>> | undefined): unknown {
  return values === undefined ? null : Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))
}
