import { z } from 'zod'
import type { WriteKind } from './change.ts'

/** What an administrator may forbid at a target, whatever its connections say, and the kinds of change it covers (D26). */
export const allowances = {
  create: ['account.create'],
  update: ['account.update'],
  customAttributes: ['custom.update'],
  activate: ['account.activate', 'account.enable'],
  deactivate: ['account.deactivate'],
  disableAccount: ['account.disable'],
  delete: ['account.delete'],
  access: ['access.grant', 'access.revoke'],
  leads: ['lead.handover'],
  groupsCreate: ['group.create'],
  membershipsAdd: ['membership.add'],
  membershipsRemove: ['membership.remove'],
} as const satisfies Record<string, readonly WriteKind[]>

const allowed = z.boolean().default(true)

/** `allow: { deactivate: false, delete: true }`; deleting is the one thing that must be allowed before it is done. */
export const allowSchema = z
  .strictObject({
    create: allowed,
    update: allowed,
    customAttributes: allowed,
    activate: allowed,
    deactivate: allowed,
    disableAccount: allowed,
    delete: z.boolean().default(false),
    access: allowed,
    leads: allowed,
    groupsCreate: allowed,
    membershipsAdd: allowed,
    membershipsRemove: allowed,
  } satisfies Record<keyof typeof allowances, z.ZodType>)
  .prefault({})
export type Allow = z.output<typeof allowSchema>

/** The kinds of change that the settings of a target forbid, each with the setting that does. */
export function forbiddenKinds(allow: Allow): ReadonlyMap<WriteKind, string> {
  const forbidden = new Map<WriteKind, string>()
  for (const [name, kinds] of Object.entries(allowances)) {
    if (allow[name as keyof Allow]) continue
    for (const kind of kinds) forbidden.set(kind, `allow.${name}`)
  }
  return forbidden
}
