import type { ConnectionConfig } from '../../domain/connection.ts'
import { foldKey } from '../../domain/identity.ts'
import { matcher } from '../../domain/pattern.ts'
import { builtInProtectedGroups } from '../../domain/policy.ts'
import { shown } from '../finding.ts'
import type { Notes } from './notes.ts'
import type { TargetFacts } from './target-facts.ts'

type GroupRules = ConnectionConfig['groups']

/** Rules about groups that never apply, or apply in a way nobody can want. */
export function checkGroups({ groups, users }: ConnectionConfig, target: TargetFacts | undefined, notes: Notes): void {
  checkTable(groups, notes)
  checkTransform(groups, notes)
  checkDefaults(groups, target, notes)
  if (!groups.import && (groups.byName !== undefined || groups.byTable.length > 0)) {
    const hint = 'Set it to true, or take groups.byName and groups.byTable out.'
    notes.warn(['groups', 'import'], 'is false, so the rules for groups beside it are not used', hint)
  }
  const receivesNothing = groups.byName === undefined && groups.byTable.length === 0 && groups.import
  const givesSomething = groups.defaultsForAll.length + groups.defaultsForNew.length + users.access.length > 0
  if (groups.ownership === 'all' && receivesNothing && !givesSomething) {
    notes.warn(
      ['groups', 'ownership'],
      'is all while no rule gives anybody a group: people lose every group that is not protected',
      'Add groups.byName or groups.byTable, or use own.',
    )
  }
}

/** Rows that are filtered out before they count, and rows that disagree. */
function checkTable({ byTable, scope }: GroupRules, notes: Notes): void {
  const isExcluded = matcher(scope.exclude)
  const seen = new Map<string, { readonly index: number; readonly ownership: string | undefined }>()
  for (const [index, row] of byTable.entries()) {
    const place = ['groups', 'byTable', index]
    if (isExcluded(row.from)) {
      const message = `names ${shown(row.from)}, which groups.scope.exclude leaves out, so the row never counts`
      notes.refuse([...place, 'from'], message, 'Take the row out, or the group out of groups.scope.exclude.')
    }
    for (const to of typeof row.to === 'string' ? [row.to] : row.to) {
      const key = `${foldKey(row.from)}\n${foldKey(to)}`
      const before = seen.get(key)
      if (before === undefined) seen.set(key, { index, ownership: row.ownership })
      else if (before.ownership === row.ownership) {
        const message = `fills ${shown(to)} from ${shown(row.from)}, as groups.byTable[${before.index}] does`
        notes.warn(place, message, 'Keep one of the two.')
      } else {
        const message = `fills ${shown(to)} from ${shown(row.from)} with another ownership than groups.byTable[${before.index}]`
        notes.refuse(place, message, 'Keep one of the two rows.')
      }
    }
  }
}

/** Steps that mean nothing for the name of a group. */
function checkTransform({ byName }: GroupRules, notes: Notes): void {
  for (const [index, step] of (byName?.transform ?? []).entries()) {
    const place = ['groups', 'byName', 'transform', index]
    if ('join' in step || 'fallback' in step) {
      const name = 'join' in step ? 'join' : 'fallback'
      const hint = 'Use prefix, suffix or regex.'
      notes.refuse([...place, name], 'reads attributes of people, and a group has none', hint)
    }
    if ('constant' in step) {
      const message = `gives every group the name ${shown(step.constant)}`
      if (byName?.sameName === 'merge') notes.warn([...place, 'constant'], message, 'Take it out unless that is meant.')
      else
        notes.refuse(
          [...place, 'constant'],
          `${message}, so they are all in each other's way`,
          'Take the step out, or set groups.byName.sameName: merge if all of them are to be one group.',
        )
    }
  }
}

const isAdministrative = matcher(builtInProtectedGroups)

/** Groups that people get although no source names them. */
function checkDefaults(groups: GroupRules, target: TargetFacts | undefined, notes: Notes): void {
  const isProtected = matcher(groups.protected)
  const mayCreate = target?.lacks['group.create']
  for (const list of ['defaultsForAll', 'defaultsForNew'] as const) {
    const whom = list === 'defaultsForAll' ? 'everybody' : 'every new person'
    for (const [index, name] of groups[list].entries()) {
      const place = ['groups', list, index]
      if (isAdministrative(name)) {
        const message = `would make ${whom} an administrator: ${shown(name)} is a group that administers`
        notes.refuse(place, message, 'Name another group; administrators come by a row of groups.byTable.')
      } else if (isProtected(name)) {
        const message = `puts ${whom} into ${shown(name)}, and groups.protected lets nobody out of it again`
        notes.warn(place, message, 'Take it out of one of the two lists unless that is meant.')
      }
      if (mayCreate !== undefined) {
        notes.warn(place, `must exist already, because ${mayCreate}`, 'Create the group by hand first.')
      }
    }
  }
}
