import { ProvisioningError } from '../../../domain/errors.ts'
import { all } from '../../kit/paging.ts'
import type { Session } from './session.ts'
import type { SiteClient } from './site-client.ts'
import { type GroupFacts, groupIdOf } from './translate.ts'

/**
 * Administration is told by the organization (groups with an admin role), or else by the site (access types). Either may
 * be refused to a credential; but if nobody tells, we do not guess that no group administers.
 */
export async function groupFacts({ site, org }: Session, signal: AbortSignal): Promise<GroupFacts> {
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
  if (told.flat().length === 0 && site !== undefined) {
    for (const accessType of ['site-admin', 'admin']) {
      const sweep = () => site.groups({ accessType }, signal)
      await ask(async () => (await all('The list of admin groups', idOfGroup, sweep)).map(idOfGroup))
    }
  }
  if (told.length === 0 && refused[0] !== undefined) throw refused[0]
  return { adminGroupIds: new Set(told.flat()), products: site && (await products(site, signal)) }
}

const idOfGroup = ({ groupId }: { readonly groupId: string }) => groupId

/** 400, 403 and the documented 500 "Couldn't retrieve groups with the site-admin accessType". */
function mayBeLeftOut({ code }: ProvisioningError): boolean {
  return code === 'forbidden' || code === 'rejected' || code === 'unreachable'
}

async function products(site: SiteClient, signal: AbortSignal): Promise<GroupFacts['products']> {
  try {
    const byGroup = new Map<string, string[]>()
    for (const { key, groupDetails } of await site.applicationRoles(signal)) {
      for (const { groupId } of groupDetails ?? []) {
        if (groupId) byGroup.set(groupId, [...(byGroup.get(groupId) ?? []), key])
      }
    }
    return byGroup
  } catch (thrown) {
    // Needs Administer Jira; without it we cannot tell, which is what undefined says.
    if (thrown instanceof ProvisioningError && thrown.code === 'forbidden') return undefined
    throw thrown
  }
}
