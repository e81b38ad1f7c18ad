import { asProvisioningError, type ProvisioningError } from '../../domain/errors.ts'
import type { CheckStep, CheckTable } from '../../ports/readable.ts'

/** Small words of the doctor. */

export function ok(name: string, message: string, table?: CheckTable): CheckStep {
  return { name, status: 'ok', message, ...(table === undefined ? {} : { table }) }
}

export const skipped = (name: string, message: string): CheckStep => ({ name, status: 'skipped', message })

export function bad(name: string, { code, message, hint }: ProvisioningError): CheckStep {
  return { name, status: 'failed', code, message, ...(hint === undefined ? {} : { remedy: hint }) }
}

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(', ')
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown
}

/** Findings are values; only "cancelled" ends the doctor. */
export async function attempt<Value>(
  work: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly error: ProvisioningError }> {
  try {
    return { value: await work() }
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (error.code === 'cancelled' || error.code === 'bug') throw error
    return { error }
  }
}
