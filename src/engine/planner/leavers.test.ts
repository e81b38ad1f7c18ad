import { describe, expect, it } from 'vitest'
import { day, inputOf, planOf, type World, world } from '../../../test/support/world.ts'
import { makePlan } from './planner.ts'

const leave = (users: object) => ({ users })
const atOnce = leave({ onLeft: [{ after: '0d', action: 'deactivate' }] })
/** Ann is linked and gone from the source. */
const gone = (part: Partial<World>) => world({ accounts: { ann: {} }, links: { ann: 'ann' }, ...part })

/** Why somebody who left stays as they are. */
function whyOf(w: World) {
  const heard: string[] = []
  const trace = {
    person: (key: string, { reason, rule, dueAt }: { reason: string; rule?: string; dueAt?: number }) =>
      heard.push(
        [key, reason, rule, dueAt === undefined ? undefined : (dueAt - w.now) / day].filter(Boolean).join(' '),
      ),
  }
  makePlan({ ...inputOf(w), trace })
  return heard
}

const because = (w: World) => planOf(w).changes.map(({ kind, reason, rule }) => `${kind} ${reason} ${rule}`)

const standing: readonly (readonly [why: string, w: World, told: string])[] = [
  ['whom this connection never vouched for', gone({ vouchers: {} }), 'ann never-vouched'],
  [
    'whose absence proves nothing, because another read was made',
    gone({ readFingerprint: 'b', lastGood: { readFingerprint: 'a' } }),
    'ann departure-unproven',
  ],
  [
    'whose account an active record points to as well',
    gone({ people: { ann2: { mail: 'ann@x.test' } } }),
    'ann claimed-anew',
  ],
  ['who is never touched', gone({ rules: { guards: { neverTouch: ['ann@x.test'] } } }), 'ann untouchable'],
  ['whose account is no person', gone({ accounts: { ann: { kind: 'app' } } }), 'ann not-a-person'],
  [
    'whose first stage comes later',
    gone({ rules: leave({ onLeft: [{ after: '7d', action: 'deactivate' }] }) }),
    'ann stage-not-due users.onLeft[0] 7',
  ],
  [
    'whom another connection vouches for',
    gone({ vouchers: { ann: ['staff', 'partners'] }, rules: atOnce }),
    'ann vouched-elsewhere',
  ],
  [
    'whose stages are done but one',
    gone({
      rules: leave({
        onLeft: [
          { after: '30d', action: 'delete' },
          { after: '0d', action: 'deactivate' },
        ],
      }),
    }),
    'ann stages-done users.onLeft[0] 30',
  ],
]

describe('somebody who left', () => {
  for (const [why, w, told] of standing) {
    it(`${why} is told about`, () => {
      expect(whyOf(w)).toContain(told)
    })
  }

  it('goes by the stage that is due first, wherever it stands in the list', () => {
    const stages = [
      { after: '2d', action: 'nothing' },
      { after: '1d', action: 'deactivate' },
    ]
    const w = gone({
      departures: [{ sourceKey: 'ann', signal: 'left-source', firstProvenAt: world({}).now - 3 * day }],
      vouchers: { ann: ['staff', 'partners'] },
      rules: leave({ onLeft: stages }),
    })
    expect(because(w)).toEqual(['account.release left-source users.onLeft[1]'])
  })

  it('by being disabled goes by the stages for that, named so', () => {
    const w = gone({
      people: { ann: { active: false } },
      rules: leave({ onDisabled: [{ after: '0d', action: 'deactivate' }], onLeft: [] }),
    })
    expect(because(w)).toEqual(['account.deactivate disabled-at-source users.onDisabled[0]'])
  })

  it('is told to stay active only when another connection keeps the account so', () => {
    const stays = 'left this connection and stays active'
    expect(planOf(gone({ rules: atOnce })).summary.notices.join()).not.toContain(stays)
    const kept = planOf(gone({ vouchers: { ann: ['staff', 'partners'] }, rules: atOnce }))
    expect(kept.summary.notices.join()).toContain(`ann@x.test ${stays}: another one vouches for it.`)
  })

  it('whose account refuses to end is counted, once for each reason', () => {
    const refusing = { refuses: { 'account.deactivate': 'it is managed elsewhere' } }
    const w = world({
      accounts: { ann: refusing, bob: refusing, cid: {} },
      links: { ann: 'ann', bob: 'bob', cid: 'cid' },
      rules: atOnce,
    })
    const notices = planOf(w).summary.notices.filter((notice) => notice.includes('managed elsewhere'))
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(/^2 /)
    const plain = world({ ...w, accounts: { ann: {}, bob: {}, cid: {} }, offered: [] })
    expect(planOf(plain).summary.notices.join()).not.toContain('undefined')
  })

  it('whom another connection keeps loses what a stage takes away, and only what we granted', () => {
    const w = gone({
      vouchers: { ann: ['staff', 'partners'] },
      targetGroups: { DEV: { name: 'dev', members: ['ann'] }, OPS: { name: 'ops', members: ['ann'] } },
      grants: { 'DEV/ann': [{ connection: 'staff', rule: 'groups.byName' }] },
      rules: {
        users: { onLeft: [{ after: '0d', action: 'remove-all-groups' }] },
        groups: { ownership: 'add-only' },
      },
    })
    expect(because(w)).toContain('membership.remove leaver-stage users.onLeft[0]')
    expect(planOf(w).changes.filter(({ kind }) => kind === 'membership.remove')).toHaveLength(1)
  })

  it('by a stage that only takes access keeps groups that give none', () => {
    const w = gone({
      targetGroups: { DEV: { name: 'dev', members: ['ann'] }, OPS: { name: 'ops', members: ['ann'] } },
      grants: { 'DEV/ann': [{ connection: 'staff', rule: 'groups.byName' }] },
      rules: { users: { onLeft: [{ after: '0d', action: 'remove-access' }] } },
    })
    expect(because(w).filter((line) => line.startsWith('membership'))).toEqual([])
  })

  it('by being disabled is believed although another read was made and the scope goes by groups', () => {
    const w = gone({
      people: { ann: { active: false } },
      groups: { all: { members: ['ann'] } },
      readFingerprint: 'b',
      lastGood: { readFingerprint: 'a' },
      rules: { users: { scope: { include: [{ memberOf: ['all'] }] } } },
    })
    expect(because(w)).toContain('account.deactivate disabled-at-source users.onDisabled[0]')
  })
})
