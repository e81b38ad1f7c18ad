import { describe, expect, it } from 'vitest'
import type { Change } from '../../domain/change.ts'
import type { AttributeAnswer, Explanation, MembershipAnswer } from './explanation.ts'
import { instantText, sentenceOf, stepsOf } from './sentences.ts'

const noon = Date.UTC(2026, 2, 1, 12, 5, 59)

/** The sentences about somebody of whom nothing is known but what the case says. */
const said = (part: Partial<Explanation>): readonly string[] =>
  stepsOf({
    label: 'ann@x.test',
    accounts: [],
    attributes: [],
    memberships: [],
    changes: [],
    workItems: [],
    unproven: [],
    ...part,
  }).map(({ step, text }) => `${step}: ${text}`)

const record = { active: true, takenAt: noon }
const account = (label: string, state = 'active') => ({ id: label, label, state })

describe('the record', () => {
  it.each<[Partial<Explanation>, string]>([
    [{ record, sourceKey: '7' }, 'record: ann@x.test is in the source (key 7) and active there.'],
    [{ record }, 'record: ann@x.test is in the source and active there.'],
    [
      { record: { ...record, active: false }, sourceKey: '7' },
      'record: ann@x.test is in the source (key 7) and disabled there.',
    ],
    [{ sourceKey: '7' }, 'record: ann@x.test was in the source (key 7) and is not there any more.'],
    [
      { accounts: [account('Ann')] },
      'record: Ann has an account in the target, and no record of this source is linked to it.',
    ],
    [{}, 'record: ann@x.test has an account in the target, and no record of this source is linked to it.'],
  ])('%j', (part, text) => {
    expect(said(part)).toEqual([text])
  })
})

describe('the scope', () => {
  it.each<[NonNullable<Explanation['scope']>, string]>([
    [{ is: 'in' }, 'In the scope of the connection.'],
    [{ is: 'in', rule: 'users.scope.include[0]' }, 'In the scope of the connection (users.scope.include[0]).'],
    [{ is: 'out', rule: 'users.scope.include' }, 'Not in scope: no condition of users.scope.include holds.'],
    [{ is: 'out', rule: 'users.scope.exclude[1]' }, 'Not in scope (users.scope.exclude[1]).'],
    [{ is: 'out' }, 'Not in scope.'],
    [
      { is: 'unknown', rule: 'users.scope.exclude[1]' },
      'Whether the person is in scope cannot be told: what users.scope.exclude[1] asks for was not delivered.',
    ],
    [{ is: 'unknown' }, 'Whether the person is in scope cannot be told: what the scope asks for was not delivered.'],
  ])('%j', (scope, text) => {
    expect(said({ record, scope }).slice(1)).toEqual([`scope: ${text}`])
  })
})

describe('the account', () => {
  const one = [account('ann')]
  const two = [account('ann'), account('ann2', 'suspended')]
  it.each<[NonNullable<Explanation['match']>, Explanation['accounts'], string]>([
    [{ found: 'linked' }, one, 'Linked to the account ann.'],
    [{ found: 'linked' }, [two[1]!], 'Linked to the account ann2, suspended.'],
    [
      { found: 'matched', because: 'matched-by-email' },
      one,
      'The account ann is theirs: an existing account has the same e-mail address.',
    ],
    [{ found: 'none' }, [], 'No account of theirs was found.'],
    [{ found: 'gone' }, [], 'Linked to an account that is not in the target any more.'],
    [{ found: 'unseen' }, [], 'Linked to an account that was not seen: the target was not read completely.'],
    [
      { found: 'undecided', because: 'correlation-ambiguous' },
      two,
      'Which account is theirs is open (ann or ann2, suspended): more than one account could belong to this person; a person decides.',
    ],
  ])('%j', (match, accounts, text) => {
    expect(said({ record, match, accounts }).slice(1)).toEqual([`account: ${text}`])
  })
})

describe('the person', () => {
  const departure = { sourceKey: 'ann', signal: 'left-source', firstProvenAt: noon } as const
  it.each<[Partial<Explanation>, readonly string[]]>([
    [
      { departure },
      [
        'person: Counts as leaving (is no longer in the source, proven by a complete read), first proven 2026-03-01 12:05 UTC.',
      ],
    ],
    [
      { departure: { ...departure, signal: 'disabled' } },
      ['person: Counts as leaving (the source says this person is disabled), first proven 2026-03-01 12:05 UTC.'],
    ],
    [{ standstill: { reason: 'as-wanted' } }, []],
    [
      { standstill: { reason: 'untouchable' } },
      ['person: The account is left as it is: the account is our own or on the list of those that are never touched.'],
    ],
    [
      { standstill: { reason: 'creation-off', rule: 'users.create' } },
      ['person: The account is left as it is (users.create): this connection does not create accounts.'],
    ],
    [
      { standstill: { reason: 'stage-not-due', rule: 'users.onLeft[0]', dueAt: noon } },
      [
        'person: The account is left as it is: has left or is disabled; until the first stage is due nothing changes. Next is users.onLeft[0], due 2026-03-01 12:05 UTC.',
      ],
    ],
  ])('%j', (part, texts) => {
    expect(said({ record, ...part }).slice(1)).toEqual(texts)
  })
})

describe('an attribute', () => {
  const answer = (part: Partial<AttributeAnswer>): AttributeAnswer => ({
    name: 'title',
    reason: 'attribute-differs',
    ...part,
  })
  it.each<[AttributeAnswer, readonly string[]]>([
    [
      answer({ wanted: 'Lead', actual: 'Clerk' }),
      [
        'attribute: title: the source says "Lead", the target has "Clerk"; an attribute differs from what the source says.',
      ],
    ],
    [
      answer({ wanted: null, actual: '', reason: 'value-foreign' }),
      [
        'attribute: title: the source says empty, the target has empty; is empty at the source, and what stands here was not written by us.',
      ],
    ],
    [
      answer({ reason: 'value-unknown' }),
      [
        'attribute: title: the source says unknown, the target has unknown; the source did not deliver what the value is made from; unknown is not empty.',
      ],
    ],
    [answer({ wanted: 'Lead', actual: 'Lead', reason: 'as-wanted' }), []],
  ])('%j', (attribute, texts) => {
    expect(said({ record, attributes: [attribute] }).slice(1)).toEqual(texts)
  })
})

describe('a membership', () => {
  const answer = (part: Partial<MembershipAnswer>): MembershipAnswer => ({
    group: { name: 'dev' },
    isMember: false,
    verdict: 'stays',
    reason: 'not-received',
    filledBy: [],
    grants: [],
    stateReasons: [],
    ...part,
  })
  const vouched = [{ connection: 'staff', rule: 'groups.byName' }]
  it.each<[MembershipAnswer, string]>([
    [answer({}), 'dev: is not a member; is not received from the source, and this group mirrors the source.'],
    [
      answer({ filledBy: [{ name: 'it', rule: 'groups.byTable[0]' }, ...[{ name: 'ops', rule: 'groups.byName' }]] }),
      'dev: is not a member; is not received from the source, and this group mirrors the source. It is filled by the source group it (groups.byTable[0]), the source group ops (groups.byName).',
    ],
    [
      answer({ isMember: true, reason: 'membership-foreign', filledBy: [{ name: 'it', rule: 'groups.byName' }] }),
      'dev: is a member; nobody of ours gave this membership, and the ownership of the group keeps those. No connection vouches for it.',
    ],
    [
      answer({ verdict: 'add', reason: 'member-at-source', rule: 'groups.byName', path: ['it'] }),
      'dev: will be added; is a member of the source group (groups.byName), of the source group it.',
    ],
    [
      answer({ verdict: 'add', reason: 'member-at-source', path: ['it', 'all'], filledBy: [{ name: 'x', rule: 'y' }] }),
      'dev: will be added; is a member of the source group, by way of it > all.',
    ],
    [
      answer({
        verdict: 'remove',
        isMember: true,
        reason: 'no-longer-member',
        grants: vouched,
        stateReasons: ['guard:membership-removals', 'waits-for'],
      }),
      'dev: will be taken out; is no longer a member of the source group; we granted this membership. Vouched for by staff (groups.byName). Not sent: more membership removals than the limit allows; needs another change of this plan that is held or blocked.',
    ],
    [
      answer({
        verdict: 'adopt',
        isMember: true,
        reason: 'member-at-source',
        grants: [...vouched, { connection: 'b', rule: 'r' }],
      }),
      'dev: is a member; from now on the connection vouches for it; is a member of the source group. Vouched for by staff (groups.byName), b (r).',
    ],
    [
      answer({ verdict: 'release', isMember: true, reason: 'still-granted-elsewhere', grants: vouched }),
      'dev: the connection stops vouching for the membership; another connection grants the same. Vouched for by staff (groups.byName).',
    ],
  ])('%j', (membership, text) => {
    expect(said({ record, memberships: [membership] }).slice(1)).toEqual([`membership: ${text}`])
  })
})

describe('what comes next', () => {
  const change = (part: Partial<Change>): Change => ({
    seq: 1,
    kind: 'account.deactivate',
    accountLabel: 'ann',
    reason: 'leaver-stage',
    rule: 'users.onLeft[0]',
    state: 'ready',
    stateReasons: [],
    needs: [],
    ...part,
  })
  it.each<[Change, readonly string[]]>([
    [
      change({}),
      [
        'change: Next: deactivate the account (reversible) (ann); reason: the person has left and this stage of the leaver rule is due.',
      ],
    ],
    [
      change({ state: 'held', stateReasons: ['guard:deactivations', 'guard:first-run'] }),
      [
        'change: Next: deactivate the account (reversible) (ann); reason: the person has left and this stage of the leaver rule is due. It is held: more deactivations than the limit allows; first run of this connection: preview only until a person releases it.',
      ],
    ],
    [
      change({ kind: 'access.grant', access: { product: 'jira', role: 'user' }, reason: 'access-wanted' }),
      [
        'change: Next: give access to a product (jira); reason: a rule of this connection gives this access to everybody in scope.',
      ],
    ],
    [
      change({ kind: 'group.create', groupLabel: 'dev', reason: 'group-in-scope' }),
      ['change: Next: create the group (dev); reason: the source group is in scope and has no group here.'],
    ],
    [change({ kind: 'membership.add', groupLabel: 'dev' }), []],
  ])('%j', (each, texts) => {
    expect(said({ record, changes: [each] }).slice(1)).toEqual(texts)
  })

  it('tells what a person has to decide, and what was not read', () => {
    const workItems = [{ reason: 'rehire', subject: 'x', label: 'ann', message: 'Is it the same person' } as const]
    expect(said({ record, workItems, unproven: ['The list of people was cut.'] }).slice(1)).toEqual([
      'question: Waits for a person: Is it the same person.',
      'unproven: Not read completely: The list of people was cut. Nothing is taken away because of it.',
    ])
  })
})

it('the chain goes from the record to what is done', () => {
  const chain = stepsOf({
    label: 'ann',
    record,
    scope: { is: 'in' },
    match: { found: 'none' },
    standstill: { reason: 'creation-off' },
    accounts: [],
    attributes: [{ name: 'title', reason: 'value-unknown' }],
    memberships: [
      {
        group: { name: 'dev' },
        isMember: false,
        verdict: 'stays',
        reason: 'not-received',
        filledBy: [],
        grants: [],
        stateReasons: [],
      },
    ],
    changes: [],
    workItems: [],
    unproven: ['x'],
  })
  expect(chain.map(({ step }) => step)).toEqual([
    'record',
    'scope',
    'account',
    'person',
    'attribute',
    'membership',
    'unproven',
  ])
})

it('a code has the sentence of its own list', () => {
  expect(sentenceOf('joined-source')).toBe('is active at the source and has no account here')
  expect(sentenceOf('add-only')).toBe('the ownership of the group is add-only: nobody is ever taken out')
  expect(instantText(noon)).toBe('2026-03-01 12:05 UTC')
})
