import { describe, expect, it } from 'vitest'
import type { ReportedChange } from '../../ports/report.ts'
import { type Recollection, recollectedSteps } from './recollection.ts'

const noon = Date.UTC(2026, 2, 1, 12, 5)
const at = '2026-03-01 12:05 UTC'
const subject = { source: 'hr', directoryKey: 'dir', sourceKey: '7', accountId: 'A1', label: 'ann' }
const bare: Recollection = { subject, memberships: [], workItems: [], history: [] }

const said = (part: Partial<Recollection>, group?: string, then = false): readonly string[] =>
  recollectedSteps({ ...bare, ...part }, group, then).map(({ step, text }) => `${step}: ${text}`)

describe('what is remembered of an account', () => {
  const { accountId: _, ...nobody } = subject
  it.each<[Partial<Recollection>, boolean, string]>([
    [{}, false, 'ann has the account A1; no record of this source is linked to it.'],
    [{}, true, 'ann had the account A1; no record of this source is linked to it.'],
    [{ subject: nobody }, false, 'ann has no account that is linked.'],
    [{ subject: nobody }, true, 'ann had no account that is linked.'],
    [{ link: { how: 'email', since: noon } }, false, `ann has the account A1, linked (email) since ${at}.`],
    [
      { link: { how: 'email', since: noon }, state: { is: 'suspended', since: noon } },
      false,
      `ann has the account A1, suspended since ${at}, linked (email) since ${at}.`,
    ],
  ])('%j, then: %s', (part, then, text) => {
    expect(said(part, undefined, then)).toEqual([`account: ${text}`])
  })
})

describe('what is remembered of a person', () => {
  it.each<[Partial<Recollection>, string]>([
    [
      { departure: { sourceKey: '7', signal: 'left-scope', firstProvenAt: noon } },
      `Counts as leaving (is still in the source but no longer in the scope of this connection), first proven ${at}.`,
    ],
    [
      { standstill: { run: 4, sourceKey: '7', name: 'ann', reason: 'forgotten' } },
      'Run 4 left the person as they are: a person decided that this one gets no account.',
    ],
    [
      { standstill: { run: 4, sourceKey: '7', name: 'ann', reason: 'update-off', rule: 'users.update' } },
      'Run 4 left the person as they are (users.update): this connection does not update accounts.',
    ],
    [
      {
        standstill: {
          run: 4,
          sourceKey: '7',
          name: 'ann',
          reason: 'stages-done',
          rule: 'users.onLeft[1]',
          dueAt: noon,
        },
      },
      `Run 4 left the person as they are: has left or is disabled, and the stages that are due have nothing left to do. Next is users.onLeft[1], due ${at}.`,
    ],
  ])('%j', (part, text) => {
    expect(said(part).slice(1)).toEqual([`person: ${text}`])
  })
})

describe('what is remembered of memberships', () => {
  const dev = { id: 'DEV', name: 'dev', since: noon, run: 3, grants: [] }
  const asked = { name: 'ops', filledBy: [] }
  it.each<[Partial<Recollection>, string | undefined, boolean, readonly string[]]>([
    [
      { memberships: [dev] },
      undefined,
      false,
      [`dev: is a member since ${at} (run 3). No connection vouched for it: it was made by somebody else.`],
    ],
    [
      {
        memberships: [
          {
            ...dev,
            grants: [
              { connection: 'staff', rule: 'groups.byName', adopted: true, run: 2 },
              { connection: 'partners', rule: 'groups.byTable[0]', adopted: false, run: 3 },
            ],
          },
        ],
        asked: { name: 'dev', filledBy: [] },
      },
      'dev',
      true,
      [
        `dev: was a member since ${at} (run 3). Vouched for by staff (groups.byName), taken over by run 2; partners (groups.byTable[0]), given by run 3.`,
      ],
    ],
    [{ asked }, 'ops', false, ['ops: is not a member. No source group fills it, as far as links tell.']],
    [
      {
        asked: {
          name: 'ops',
          filledBy: [
            { name: 'it', rule: 'byName' },
            { name: 'eu', rule: 'byTable' },
          ],
        },
      },
      'ops',
      true,
      ['ops: was not a member. It is filled by the source group it (byName), eu (byTable).'],
    ],
    [{}, 'opps', false, ['No group called "opps" was ever seen in the target.']],
    [{}, undefined, false, []],
  ])('%j, asked %s, then: %s', (part, group, then, texts) => {
    expect(said(part, group, then).slice(1)).toEqual(texts.map((text) => `membership: ${text}`))
  })
})

describe('what was planned and done', () => {
  const change = (part: Partial<ReportedChange>): ReportedChange => ({
    seq: 1,
    kind: 'membership.add',
    groupLabel: 'dev',
    reason: 'member-at-source',
    rule: 'groups.byName',
    state: 'ready',
    stateReasons: [],
    needs: [],
    runNumber: 5,
    startedBy: 'user:eva',
    connection: 'staff',
    directoryKey: 'dir',
    at: noon,
    fingerprint: 'f',
    ...part,
  })
  const head = 'Run 5: add to the group dev; reason: is a member of the source group (groups.byName'
  it.each<[Partial<ReportedChange>, string]>([
    [{}, `${head}). Not sent.`],
    [{ sentAt: noon }, `${head}). Sent ${at}, no answer yet.`],
    [{ sourceGroup: { key: 'g', label: 'it' } }, `${head}, source group it). Not sent.`],
    [
      { state: 'held', stateReasons: ['guard:first-run', 'guard:creates'] },
      `${head}). It is held: first run of this connection: preview only until a person releases it; more new accounts than the limit allows. Not sent.`,
    ],
    [
      { state: 'held', stateReasons: ['guard:creates'], outcome: 'applied', finishedAt: noon, verifiedAt: noon },
      `${head}). It was held: more new accounts than the limit allows. Outcome: applied ${at}, seen in the target ${at}.`,
    ],
    [{ outcome: 'applied' }, `${head}). Outcome: applied.`],
    [
      { outcome: 'failed', errorCode: 'rate-limited', message: 'Jira said 429' },
      `${head}). Outcome: failed (rate-limited: Jira said 429).`,
    ],
    [
      {
        kind: 'access.grant',
        access: { product: 'jira', role: 'user' },
        reason: 'access-wanted',
        rule: 'users.access[0]',
      },
      'Run 5: give access to a product dev; reason: a rule of this connection gives this access to everybody in scope (users.access[0]). Not sent.',
    ],
  ])('%j', (part, text) => {
    expect(said({ history: [change(part)] }).slice(1)).toEqual([`change: ${text}`])
  })

  it('names the product where no group is concerned, and nothing where neither is', () => {
    const { groupLabel: _, ...noGroup } = change({ reason: 'access-wanted', rule: 'users.access[0]' })
    const grant = { ...noGroup, kind: 'access.grant', access: { product: 'jira', role: 'user' } } as const
    const create = { ...noGroup, kind: 'account.create' } as const
    expect(said({ history: [grant, create] }).slice(1)).toEqual([
      'change: Run 5: give access to a product jira; reason: a rule of this connection gives this access to everybody in scope (users.access[0]). Not sent.',
      'change: Run 5: create the account; reason: a rule of this connection gives this access to everybody in scope (users.access[0]). Not sent.',
    ])
  })

  it('tells what waits for a person, by its number', () => {
    const item = {
      id: 'i',
      number: 12,
      connection: 'staff',
      openedAt: noon,
      reason: 'rehire',
      subject: 's',
      label: 'ann',
      message: 'Is it the same person',
    } as const
    expect(said({ workItems: [item] }).slice(1)).toEqual([
      'question: Waits for a person (item 12): Is it the same person.',
    ])
  })
})
