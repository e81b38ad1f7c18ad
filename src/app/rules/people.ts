import { identityAttributes, type WriteKind } from '../../domain/change.ts'
import type { ConnectionConfig } from '../../domain/connection.ts'
import { attributesRead } from '../../domain/mapping.ts'
import type { Stage } from '../../domain/policy.ts'
import { shown } from '../finding.ts'
import type { Notes } from './notes.ts'
import type { TargetFacts } from './target-facts.ts'

/** Rules about people that contradict each other, or that the target cannot follow. */
export function checkPeople({ users }: ConnectionConfig, target: TargetFacts | undefined, notes: Notes): void {
  checkMapping(users, notes)
  checkStages(users, target, notes)
  if (users.activateForeign && !users.activate) {
    const hint = 'Set users.activate: true, or take activateForeign out.'
    notes.refuse(['users', 'activateForeign'], 'lifts suspensions while users.activate lifts none', hint)
  }
  const isFound = users.match === undefined || users.match.some((rule) => rule !== 'link')
  if (!isFound && users.create) {
    notes.warn(
      ['users', 'match'],
      'finds only people who are linked already, so somebody who has an account would be given a second one',
      'Add id or email, or set users.create: false.',
    )
  }
  if (target === undefined) return
  if (users.access.length > 0 && !target.knowsProducts) {
    notes.refuse(['users', 'access'], `gives access to products, and ${target.title} has none`, 'Take it out.')
  }
  for (const rule of ['defaultProjectLead', 'defaultComponentLead'] as const) {
    if (users[rule] === undefined || target.knowsLeads) continue
    notes.refuse(['users', rule], `is of no use: nobody leads anything in ${target.title}`, 'Take it out.')
  }
}

/** Attributes that never have a value, or the same for everybody where that can only be wrong. */
function checkMapping({ mapping }: ConnectionConfig['users'], notes: Notes): void {
  for (const [name, rule] of Object.entries(mapping)) {
    const place = ['users', 'mapping', name]
    const constant = rule.steps.findLast((step) => 'constant' in step)
    if (attributesRead(rule).size === 0 && constant === undefined) {
      notes.refuse(place, 'never has a value: it reads no attribute', 'Add from: <attribute>, or a constant step.')
    }
    if (constant !== undefined && (identityAttributes as readonly string[]).includes(name)) {
      const message = `gives everybody the ${name} ${shown(constant.constant)}`
      notes.refuse(place, message, 'Map it from an attribute that each person has for themselves.')
    }
  }
}

/** What each leaver action asks of a target; one of these kinds is enough. */
const kindsOf: Readonly<Record<Stage['action'], readonly WriteKind[]>> = {
  nothing: [],
  'remove-managed-groups': ['membership.remove'],
  'remove-all-groups': ['membership.remove'],
  'remove-access': ['access.revoke', 'membership.remove'],
  deactivate: ['account.deactivate'],
  'disable-account': ['account.disable'],
  delete: ['account.delete'],
}

/** A leaver action the target lacks is refused (D26); one that an administrator forbade for now only waits. */
function checkStages(users: ConnectionConfig['users'], target: TargetFacts | undefined, notes: Notes): void {
  for (const list of ['onDisabled', 'onLeft'] as const) {
    const stages = users[list]
    for (const [index, { action, afterMs }] of stages.entries()) {
      const place = ['users', list, index, 'action']
      const kinds = kindsOf[action]
      const lacking = kinds.map((kind) => target?.lacks[kind])
      if (target !== undefined && kinds.length > 0 && lacking.every((why) => why !== undefined)) {
        const others = (Object.keys(kindsOf) as Stage['action'][]).filter((other) => isOffered(other, target))
        const message = `${shown(action)} cannot be done by ${target.title} with these settings: ${lacking[0]}`
        notes.refuse(place, message, `Give users.${list} one of ${others.join(', ')}, or complete the target.`)
        continue
      }
      const forbidden = kinds.map((kind) => target?.forbids[kind])
      if (target !== undefined && kinds.length > 0 && forbidden.every((setting) => setting !== undefined)) {
        const message = `${shown(action)} is forbidden by targets.${target.key}.${forbidden[0]}, so it is planned and never sent`
        notes.warn(place, message, `Set targets.${target.key}.${forbidden[0]}: true, or choose another action.`)
      }
      const same = stages.findIndex((other) => other.action === action)
      if (same < index) {
        notes.warn(place, `comes a second time: users.${list}[${same}] does it`, 'Keep the earlier one.')
      }
      const deleted = stages.findIndex((other) => other.action === 'delete' && other.afterMs <= afterMs)
      if (action !== 'delete' && deleted >= 0) {
        const message = `comes when users.${list}[${deleted}] has deleted the account already`
        notes.refuse(place, message, 'Give it an earlier time, or take it out.')
      }
      if (action === 'delete' && afterMs === 0) {
        const message = 'deletes for good as soon as somebody is missing'
        notes.warn(place, message, 'Deactivate first and delete later, e.g. after: 90d.')
      }
    }
  }
}

function isOffered(action: Stage['action'], { lacks }: TargetFacts): boolean {
  const kinds = kindsOf[action]
  return kinds.length === 0 || kinds.some((kind) => lacks[kind] === undefined)
}
