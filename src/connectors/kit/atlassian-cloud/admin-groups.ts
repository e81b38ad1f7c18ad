import { ProvisioningError } from '../../../domain/errors.ts'
import type { OrgClient } from './org-client.ts'
import { groupIdOf } from './translate.ts'

/**
 * Administration is told by the organization (groups with an admin role), or else by the site (access types). Either may
 * be refused to a credential; but if nobody tells, we do not guess that no group administers.
 */
export async function adminGroupIds(
  org: OrgClient | undefined,
  bySite: ((accessType: 'site-admin' | 'admin') => Promise<readonly string[]>) | undefined,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const told: (readonly string[])[] = []
  const refused: ProvisioningError[] = []
  const ask = async (question: () => Promise<readonly string[]>) => {
    try {
      told.push(await question())
    } catch (thrown) {
      if (!(thrown instanceof ProvisioningError) || !mayBeLeftOut(thrown)) throw thrown
      refused.push(thrown)
    }
  }
  if (org !== undefined) await ask(async () => (await org.adminGroups(signal)).map(({ id }) => groupIdOf(id)))
  if (told.flat().length === 0 && bySite !== undefined) {
    for (const accessType of ['site-admin', 'admin'] as const) await ask(() => bySite(accessType))
  }
  if (told.length === 0 && refused[0] !== undefined) throw refused[0]
  return new Set(told.flat())
}

/** 400, 403 and the documented 500 "Couldn't retrieve groups with the site-admin accessType". */
function mayBeLeftOut({ code }: ProvisioningError): boolean {
  return code === 'forbidden' || code === 'rejected' || code === 'unreachable'
}
