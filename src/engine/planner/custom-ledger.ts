import type { Attributes } from '../../domain/identity.ts'
import type { PlanInput } from './input.ts'

/** What stands in the custom attributes of accounts, and what of it Muster put there (D12). */
export interface CustomLedger {
  /** Values by id, as the target shows them, else as we last wrote them: few targets show them in a read of everybody. */
  standing(account: { readonly id: string; readonly custom?: Attributes }): Attributes
  /** True while a connection that still is there wrote the value; only such a value is ever emptied (D21). */
  isOurs(id: string, accountId: string): boolean
}

const nothing: Attributes = {}

/** `memory` without what connections left behind that are no longer there. */
export function customLedger({ memory }: Pick<PlanInput, 'memory'>): CustomLedger {
  // An id stands in one row of an account: who writes a value takes it over.
  const written = new Map<string, Attributes>()
  for (const { accountId, values } of memory.custom) written.set(accountId, { ...written.get(accountId), ...values })
  return {
    standing: ({ id, custom }) => custom ?? written.get(id) ?? nothing,
    isOurs: (id, accountId) => Object.hasOwn(written.get(accountId) ?? nothing, id),
  }
}
