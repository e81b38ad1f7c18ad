import type { Answer, Call } from '../../server/call.ts'
import { fold } from '../model.ts'
import type { PendingInvitation, Workspace } from '../state/workspaces.ts'
import type { Twin } from '../twin.ts'
import { administrate, type Scopes } from './access.ts'
import { refuse } from './dialect.ts'
import { groupView1, memberView1, ownGroupNamed, toChange } from './groups.ts'
import { ownGroup } from './people.ts'

/** GET /1.0/users/{workspace}/invitations: those nobody has accepted yet. */
export function listInvitations(twin: Twin, call: Call, scopes: Scopes): Answer {
  const workspace = toChange(twin, call, scopes)
  return { status: 200, json: [...workspace.invitations.values()].map((each) => view(twin, workspace, each)) }
}

/** GET /1.0/users/{workspace}/invitations/{email} */
export function getInvitation(twin: Twin, call: Call, scopes: Scopes): Answer {
  const workspace = toChange(twin, call, scopes)
  return { status: 200, json: view(twin, workspace, invitationOf(workspace, call)) }
}

/** PUT /1.0/users/{workspace}/invitations/{email}/{owner}/{slug}: a mail goes out, and the person joins when they accept. */
export function invite(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { account } = administrate(twin, call, scopes)
  const workspace = toChange(twin, call, scopes)
  const email = call.param('email')
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) refuse(400, 'Bad request', 'This is no address.')
  const group = ownGroupNamed(workspace, call.param('slug'))
  const pending = workspace.invitations.get(fold(email))
  if (pending === undefined) {
    const invitedBy = account ?? refuse(403, 'A token of a workspace invites nobody.')
    const made = { email, groups: new Set([group]), sentAt: twin.state.clock.now(), invitedBy }
    workspace.invitations.set(fold(email), made)
    twin.state.effects.countInvitation(email, 'mails')
  } else pending.groups.add(group)
  twin.state.effects.countInvitation(email, 'calls')
  return { status: 200, json: view(twin, workspace, invitationOf(workspace, call)) }
}

/** DELETE /1.0/users/{workspace}/invitations/{email} */
export function withdraw(twin: Twin, call: Call, scopes: Scopes): Answer {
  const workspace = toChange(twin, call, scopes)
  invitationOf(workspace, call)
  workspace.invitations.delete(fold(call.param('email')))
  return { status: 204 }
}

/** The person accepts: an account in all groups they were invited to. Throws when nobody invited them. */
export function acceptInvitation({ state }: Twin, email: string): void {
  const workspace = state.workspaces.all.find(({ invitations }) => invitations.has(fold(email)))
  const invitation = workspace?.invitations.get(fold(email))
  if (workspace === undefined || invitation === undefined) throw new Error(`Nobody invited ${email}`)
  const account = state.accountByEmail(email) ?? state.accounts.create({ email })
  for (const group of invitation.groups) state.workspaces.addMember(group, account)
  workspace.invitations.delete(fold(email))
  state.effects.countInvitation(email, 'invitations')
}

function invitationOf({ invitations }: Workspace, call: Call): PendingInvitation {
  return invitations.get(fold(call.param('email'))) ?? refuse(404, 'There is no such invitation.')
}

function view(twin: Twin, workspace: Workspace, { email, groups, sentAt, invitedBy }: PendingInvitation) {
  return {
    email,
    groups: [...groups].map((group) => groupView1(twin, workspace, ownGroup(group))),
    invited_by: memberView1(twin, invitedBy),
    utc_sent_on: new Date(sentAt).toISOString(),
  }
}
