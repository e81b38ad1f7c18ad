import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomWorlds } from '../../../test/support/random-worlds.ts'
import { tries } from '../../../test/support/tries.ts'
import { applied, inputOf, lines, planOf, seatHolders, type World } from '../../../test/support/world.ts'
import { type Change, changeKinds, endsAccount } from '../../domain/change.ts'
import type { Exception } from '../../domain/exception.ts'
import type { PlanDraft } from './input.ts'
import { makePlan } from './planner.ts'

const runs = tries(400)
const begins: readonly Change['kind'][] = ['account.activate', 'account.enable']

/** Everything a plan says, without the order in which questions and departures were found. */
function said({ changes, guards, workItems, departures, returned }: PlanDraft) {
  const texts = (list: readonly unknown[]) => list.map((each) => JSON.stringify(each)).sort()
  return {
    changes,
    guards: texts(guards),
    workItems: texts(workItems),
    departures: texts(departures),
    returned: texts(returned),
  }
}

/** For what their own record proves, of people who are disabled or out of scope, or what a person decided. */
const byRecord: readonly Change['reason'][] = ['disabled-at-source', 'left-scope', 'decided-by-person']
const byStage: readonly Change['reason'][] = ['leaver-stage', 'taken-on-leave']

/** What a plan takes away because something is absent from what was read. */
function takenBy({ changes }: PlanDraft): readonly Change[] {
  const takes = ({ kind }: Change) => kind === 'membership.remove' || kind === 'access.revoke' || endsAccount(kind)
  return changes.filter((change) => takes(change) && ![...byRecord, ...byStage].includes(change.reason))
}

interface Rules {
  readonly groups: {
    readonly ownership: string
    readonly byName: { readonly ownership?: string }
    readonly byTable: readonly { readonly from: string; readonly ownership?: string }[]
    readonly scope: { readonly exclude?: readonly string[] }
    readonly protected: readonly string[]
  }
  readonly guards: { readonly neverTouch: readonly string[] }
}

const rulesOf = ({ rules }: World) => rules as unknown as Rules

/** Target groups that a source group of their name fills by name. */
function filledByName(w: World): ReadonlySet<string> {
  const { byTable, scope } = rulesOf(w).groups
  const names = Object.entries(w.groups).map(([key, { name = key }]) => ({ key, name }))
  return new Set(
    names
      .filter(({ key, name }) => byTable.every(({ from }) => from !== key && from !== name))
      .filter(({ name }) => scope.exclude?.includes(name) !== true)
      .map(({ name }) => name),
  )
}

const idOf = (ref: Change['account']) => (ref !== undefined && 'id' in ref ? ref.id : undefined)

/** Kinds of changes, and why they are held or blocked, that the random worlds must come upon. */
const happening: readonly string[] = [
  'account.create',
  'account.adopt',
  'account.release',
  'account.deactivate',
  'account.disable',
  'account.activate',
  'account.enable',
  'account.update',
  'custom.update',
  'group.create',
  'group.adopt',
  'group.link',
  'membership.add',
  'membership.remove',
  'membership.adopt',
  'membership.release',
  'access.grant',
  'access.revoke',
  'access.adopt',
  'access.release',
  'lead.handover',
  'guard:deactivations',
  'guard:membership-removals',
  'guard:group-removals',
  'guard:creates',
  'guard:group-adoption',
  'guard:last-administrator',
  'not-writable',
  'not-offered',
  'target-unproven',
  'waits-for',
  'seats',
]

describe('properties of every plan', () => {
  it('applying a plan and planning again leaves only what is held or blocked', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        const plan = planOf(w)
        // The last good read is another one only after a run that went through.
        const next = planOf({ ...applied(w, plan), lastGood: w.lastGood })
        const of = (kinds: readonly Change['kind'][]) => plan.changes.filter(({ kind }) => kinds.includes(kind))
        const woken = new Set(of(begins).map(({ account }) => idOf(account)))
        const letIn = new Set(of(['access.grant']).map(({ person }) => person?.key))
        const isLeft = ({ kind, account, person, sourceGroup }: Change) =>
          // Values of an account that works again are compared when it does.
          ((kind === 'account.update' || kind === 'custom.update') && woken.has(idOf(account))) ||
          // A group that nobody could be put into is taken note of again.
          (kind === 'group.adopt' && sourceGroup === undefined) ||
          // A place in a default group came with a role.
          (kind === 'membership.adopt' && letIn.has(person?.key)) ||
          // What hides its groups is taken out again until the ledger can be closed.
          (kind === 'membership.remove' && w.membershipsUnknown.includes(idOf(account) ?? ''))
        const open = next.changes.flatMap((change, index) =>
          change.state !== 'ready' || isLeft(change) ? [] : [lines(next)[index]],
        )
        expect(open).toEqual([])
      }),
      runs,
    )
  })

  it('the order of the input does not matter', () => {
    fc.assert(
      fc.property(randomWorlds, fc.integer(), (w, seed) => {
        const shuffle = <Value>(record: Record<string, Value>): Record<string, Value> => {
          const entries = Object.entries(record)
          const turn = entries.length === 0 ? 0 : Math.abs(seed) % entries.length
          return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].reverse())
        }
        const shuffled = {
          ...w,
          people: shuffle(w.people),
          groups: Object.fromEntries(
            Object.entries(shuffle(w.groups)).map(([key, group]) => [
              key,
              { ...group, members: [...group.members].reverse() },
            ]),
          ),
          accounts: shuffle(w.accounts),
          targetGroups: shuffle(w.targetGroups),
          links: shuffle(w.links),
          grants: shuffle(w.grants),
          accessGrants: shuffle(w.accessGrants),
          deactivations: shuffle(w.deactivations),
          leads: shuffle(w.leads),
          foreignLinks: [...w.foreignLinks].reverse(),
          groupLinks: [...w.groupLinks].reverse(),
          departures: [...w.departures].reverse(),
          exceptions: [...w.exceptions].reverse(),
          decisions: [...w.decisions].reverse(),
        }
        expect(said(planOf(shuffled))).toEqual(said(planOf(w)))
      }),
      runs,
    )
  })

  it('with an incomplete read of the source nothing is removed, ever', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        expect(takenBy(planOf({ ...w, usersComplete: false }))).toEqual([])
      }),
      runs,
    )
  })

  it('with a cut list of groups, or of members, nothing is removed for what it does not show, ever', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        // Who left is told by the list of people; everything else rests on groups.
        const restsOnGroups = (plan: PlanDraft) => takenBy(plan).filter(({ kind }) => kind === 'membership.remove')
        const isAboutAccess = ({ reason }: Change) => reason === 'access-not-wanted'
        const cutList = planOf({ ...w, groupsComplete: false })
        expect(restsOnGroups(cutList)).toEqual([])
        const cut = Object.fromEntries(
          Object.entries(w.groups).map(([key, group]) => [key, { ...group, complete: false }]),
        )
        const filled = filledByName(w)
        const inFilled = restsOnGroups(planOf({ ...w, groups: cut })).filter((change) => filled.has(change.groupLabel!))
        expect(inFilled.filter((change) => !isAboutAccess(change))).toEqual([])
      }),
      runs,
    )
  })

  it('from a group of the target that was not read to the end nothing is removed, ever', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        const cut = Object.entries(w.targetGroups).map(([id, group]) => [id, { ...group, complete: false }])
        const { changes } = planOf({ ...w, targetGroups: Object.fromEntries(cut) })
        expect(changes.filter(({ kind, state }) => kind === 'membership.remove' && state === 'ready')).toEqual([])
      }),
      runs,
    )
  })

  it('nobody is taken out of a protected group, and the never-touch list is not touched', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        const never = new Set(rulesOf(w).guards.neverTouch.map((mail) => mail.split('@')[0]))
        const kept = ['jira-administrators', ...rulesOf(w).groups.protected]
        for (const change of planOf(w).changes) {
          if (change.kind === 'membership.remove') expect(kept).not.toContain(change.groupLabel)
          if (changeKinds[change.kind].calls) {
            const id = idOf(change.account) ?? ''
            expect(never.has(id)).toBe(false)
            expect(w.accounts[id]?.kind ?? 'person').toBe('person')
          }
        }
      }),
      runs,
    )
  })

  it('an account without a link is only touched as a stranger in a mapped group, or by what we once granted', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        const plan = planOf(w)
        const adopted = new Set(
          plan.changes.filter((change) => change.kind === 'account.adopt').map((change) => change.account),
        )
        const known = new Set([...Object.values(w.links), ...[...adopted].map(idOf)])
        for (const change of plan.changes) {
          const id = idOf(change.account)
          if (id === undefined || known.has(id) || !changeKinds[change.kind].calls) continue
          const isOurs = (list: World['grants'][string] | undefined) =>
            list?.some((grant) => grant.connection === 'staff') === true
          const gaveAccess = ['jira', 'jira:guest', 'wiki'].some((role) => isOurs(w.accessGrants[`${role}/${id}`]))
          if (change.kind === 'access.revoke') {
            expect(gaveAccess).toBe(true)
            continue
          }
          if (change.reason === 'decided-by-person' || change.kind === 'lead.handover') {
            expect(w.exceptions.some((each) => each.accountId === id && each.connection === 'staff')).toBe(true)
            continue
          }
          expect(change.kind).toBe('membership.remove')
          const ours = isOurs(w.grants[`${idOf(change.group)}/${id}`]) || gaveAccess
          const { ownership, byName, byTable } = rulesOf(w).groups
          const owned = [ownership, byName.ownership, ...byTable.map((row) => row.ownership)]
          expect(ours || owned.includes('mapped')).toBe(true)
        }
      }),
      runs,
    )
  })

  it('what a person decided to keep is in no plan', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        for (const { kind, account, group, reason } of planOf(w).changes) {
          const kept = w.exceptions.filter(
            (each) =>
              each.decision === 'keep' &&
              each.accountId === idOf(account) &&
              (each.groupId === undefined || each.groupId === idOf(group)),
          )
          const keeps = (what: Exception['kind'], byAnybody: boolean) =>
            kept.some((each) => each.kind === what && (byAnybody || each.connection === 'staff'))
          if (kind === 'membership.remove' || kind === 'membership.adopt') {
            expect(keeps('membership-foreign', true)).toBe(false)
          }
          if (kind === 'membership.add') expect(keeps('membership-removed', false)).toBe(false)
          if (endsAccount(kind) && reason !== 'decided-by-person') {
            expect(keeps('account-reactivated', true) || keeps('account-orphaned', true)).toBe(false)
          }
          if (kind === 'account.activate' && reason !== 'returned-to-source' && reason !== 'decided-by-person') {
            expect(keeps('account-suspended', false)).toBe(false)
          }
        }
      }),
      runs,
    )
  })

  it('never lets in more people than there are seats', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        const seats = w.products?.jira?.seats
        if (!Array.isArray(seats)) return
        const [total, used] = seats
        const grown = seatHolders(applied(w, planOf(w)), 'jira') - seatHolders(w, 'jira')
        expect(grown).toBeLessThanOrEqual(Math.max(0, total - used))
      }),
      runs,
    )
  })

  it('every change that needs another stands after it, and is never ready while that one is not', () => {
    fc.assert(
      fc.property(randomWorlds, (w) => {
        const { changes } = makePlan(inputOf(w))
        for (const change of changes) {
          for (const seq of change.needs) {
            expect(seq).toBeLessThan(change.seq)
            if (change.state === 'ready') expect(changes[seq - 1]!.state).toBe('ready')
          }
        }
      }),
      runs,
    )
  })

  it('are tried on worlds in which all of it happens', () => {
    const seen: Record<string, number> = {}
    const note = (what: string, happened: boolean) => {
      seen[what] = (seen[what] ?? 0) + (happened ? 1 : 0)
    }
    for (const w of fc.sample(randomWorlds, { numRuns: 600, seed: 11 })) {
      const plan = planOf(w)
      for (const kind of new Set(plan.changes.map(({ kind }) => kind))) note(kind, true)
      for (const state of new Set(plan.changes.flatMap(({ stateReasons }) => stateReasons))) note(state, true)
      note('question', plan.workItems.length > 0)
      note(
        'change that a decision asks for',
        plan.changes.some(({ reason }) => reason === 'decided-by-person'),
      )
      note('change that a decision stops', lines(planOf({ ...w, exceptions: [] })).length > lines(plan).length)
      note('departure', plan.departures.length > 0)
      const open = planOf({ ...w, usersComplete: true, groupsComplete: true })
      note(
        'removal that an incomplete read stops',
        takenBy(open).length > takenBy(planOf({ ...w, usersComplete: false })).length,
      )
      const without = planOf({ ...w, rules: { ...w.rules, guards: { ...rulesOf(w).guards, neverTouch: [] } } })
      note('change that the break-glass list stops', lines(without).length > lines(plan).length)
      const admins = w.targetGroups['JIRA-ADMINISTRATORS']
      if (admins !== undefined) {
        const renamed = planOf({
          ...w,
          targetGroups: { ...w.targetGroups, 'JIRA-ADMINISTRATORS': { ...admins, name: 'x' } },
        })
        note('removal that protection stops', takenBy(renamed).length > takenBy(plan).length)
      }
    }
    for (const what of [...happening, ...Object.keys(seen).filter((each) => each.includes(' '))]) {
      expect(seen[what] ?? 0, what).toBeGreaterThan(5)
    }
  })
})
