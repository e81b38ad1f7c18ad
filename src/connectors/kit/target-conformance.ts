import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TargetAccount, TargetGroup } from '../../domain/account.ts'
import type { WriteKind } from '../../domain/change.ts'
import { type ErrorCode, ProvisioningError } from '../../domain/errors.ts'
import { foldKey } from '../../domain/identity.ts'
import type { Applied, Order, Target } from '../../ports/target.ts'

/** What may be cut short. */
export type ListKind = 'users' | 'groups' | 'members'

/** What the directory truly holds, told by the double and not by the connector. */
export interface DirectoryTruth {
  /** Ids of all accounts the target has to tell. */
  readonly accounts: ReadonlySet<string>
  /** Ids of direct members by group id; every group is a key. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>
}

/** A refusal that can be arranged: with this in place, this order must end with this code. */
export interface ArrangedRefusal {
  readonly name: string
  arrange(): void
  readonly order: Omit<Order, 'seq'>
  readonly code: ErrorCode
  /** The code ends the whole call instead of the one order. */
  readonly throws?: boolean
}

/** A target connector together with a server it can be tried on. One harness serves one test. */
export interface TargetHarness {
  /** A new instance with good credentials. */
  open(): Target
  truth(): DirectoryTruth
  /** Text that differs whenever anything in the directory differs. */
  digest(): string
  /** Requests so far that were meant to change something. */
  writes(): number
  /** How often each address was invited, by folded address; undefined where the target cannot invite. */
  invitations(email: string): number
  readonly samples: {
    /** In the group, and may be taken out. */
    readonly member: { readonly accountId: string; readonly groupId: string }
    /** Not in the group, and may be added. */
    readonly stranger: { readonly accountId: string; readonly groupId: string }
    readonly activeAccountId: string
    readonly suspendedAccountId: string
    readonly knownEmail: string
    readonly knownGroupName: string
    readonly unusedEmail: string
    readonly unusedGroupName: string
    /** Orders of the other kinds this target may offer; each comes true when it is carried out once. */
    readonly more?: readonly Omit<Order, 'seq'>[]
  }
  readonly refusals: readonly ArrangedRefusal[]
  readonly faults: {
    /** Lists of that kind end early and claim to be complete; `times` absent = for ever. */
    cut(list: ListKind, times?: number): void
    /** Answers to reads are this, from the second one on. */
    failReads(how: 'unavailable' | 'not-json' | 'cut-off' | 'expired'): void
    /** The next write is carried out and its answer lost. */
    loseAnswer(how: 'status' | 'connection'): void
    /** The next write gets a server error and is not carried out. */
    refuseOnce(): void
    /** The next requests are refused with 429 and this pause. */
    slowDown(times: number, pauseSeconds: number): void
    /** Every request hangs; a time in real milliseconds. */
    hang(): void
    calm(): void
  }
  /** Requests that came before an announced pause was over; told by the double. */
  undercut(): number
  /** Time on the clock of the instances. */
  now(): number
  readonly secrets: readonly string[]
  /** Everything the instances logged. */
  logged(): string
  close(): Promise<void>
}

const signal = new AbortController().signal

async function drained<Item>(pages: AsyncIterable<{ readonly items: readonly Item[] }>): Promise<Item[]> {
  const found: Item[] = []
  for await (const { items } of pages) found.push(...items)
  return found
}

interface WholeRead {
  readonly accounts: readonly TargetAccount[]
  readonly groups: readonly TargetGroup[]
  readonly members: ReadonlyMap<string, readonly string[]>
}

/** Reads everything as the engine does, memberships by whichever way they come. */
async function readAll(target: Target): Promise<WholeRead> {
  await target.identify(signal)
  const accounts = await drained(target.users(signal))
  const groups = await drained(target.groups(signal))
  const members = new Map<string, string[]>(groups.map(({ id }) => [id, []]))
  if (target.membershipsComeWith === 'users') {
    for (const { id, memberOf } of accounts) for (const groupId of memberOf ?? []) members.get(groupId)?.push(id)
  } else {
    for (const group of groups) {
      const ids =
        target.membershipsComeWith === 'calls' ? await drained(target.members(group, signal)) : (group.members ?? [])
      members.set(group.id, [...ids])
    }
  }
  return { accounts, groups, members }
}

async function failureOf(work: Promise<unknown>): Promise<ProvisioningError> {
  const thrown = await work.then(
    (value) => expect.fail(`did not fail but gave ${JSON.stringify(value)?.slice(0, 200)}`),
    (why: unknown) => why,
  )
  expect(thrown).toBeInstanceOf(ProvisioningError)
  return thrown as ProvisioningError
}

const outcomeOf = (applied: Applied | undefined) =>
  applied?.outcome === 'failed' ? `failed: ${applied.error.code}: ${applied.error.message}` : applied?.outcome

/** The laws of `ports/README.md`, tried on one connector. `start` makes a fresh server with people and groups in it. */
export function targetConformance(name: string, start: () => Promise<TargetHarness>): void {
  describe(`${name} keeps the laws of targets`, () => {
    let harness: TargetHarness
    let opened: Target[]
    const open = () => {
      const target = harness.open()
      opened.push(target)
      return target
    }
    beforeEach(async () => {
      opened = []
      harness = await start()
    })
    afterEach(async () => {
      harness.faults.calm()
      for (const target of opened) await target.close()
      await harness.close()
    })

    async function apply(target: Target, order: Omit<Order, 'seq'>, seq = 7): Promise<Applied> {
      await target.identify(signal)
      const operation = target.operations[order.kind]
      if (operation === undefined) return expect.fail(`${order.kind} is not offered`)
      const answers = await operation.apply([{ seq, ...order }], { signal, notify: true })
      expect(answers).toHaveLength(1)
      expect(answers[0]?.seq).toBe(seq)
      return answers[0] as Applied
    }

    function orders(): readonly Omit<Order, 'seq'>[] {
      const { member, stranger, activeAccountId, suspendedAccountId, unusedEmail, unusedGroupName } = harness.samples
      return [
        { kind: 'account.create', after: { email: unusedEmail } },
        { kind: 'account.deactivate', accountId: activeAccountId },
        { kind: 'account.activate', accountId: suspendedAccountId },
        { kind: 'group.create', after: { name: unusedGroupName } },
        { kind: 'membership.add', ...stranger },
        { kind: 'membership.remove', ...member },
        ...(harness.samples.more ?? []),
      ]
    }

    /** The same directory, once with every offered order cleanly applied; for comparing. */
    async function forEachOrder(
      work: (target: Target, order: Omit<Order, 'seq'>) => Promise<void>,
    ): Promise<readonly WriteKind[]> {
      const tried: WriteKind[] = []
      for (const order of orders()) {
        const target = open()
        await target.identify(signal)
        if (target.operations[order.kind] === undefined) continue
        await work(target, order)
        tried.push(order.kind)
      }
      return tried
    }

    function expectTruth({ accounts, groups, members }: WholeRead): void {
      const truth = harness.truth()
      expect(accounts.map(({ id }) => id).toSorted()).toEqual([...truth.accounts].toSorted())
      expect(groups.map(({ id }) => id).toSorted()).toEqual([...truth.members.keys()].toSorted())
      for (const [groupId, ids] of truth.members) {
        expect([...(members.get(groupId) ?? [])].toSorted(), `members of ${groupId}`).toEqual([...ids].toSorted())
      }
    }

    describe('law 1: an iterator that ends has told everything', () => {
      it('tells every account, group and membership once, and one at a time the same as all together', async () => {
        const target = open()
        const read = await readAll(target)
        expectTruth(read)
        const [first] = read.accounts
        const now = await target.accountsNow([first?.id ?? '', 'nobody-at-all'], signal)
        expect([...now.keys()]).toEqual([first?.id])
        const { knownEmail, knownGroupName } = harness.samples
        expect((await target.accountsByEmail([knownEmail.toUpperCase()], signal)).has(foldKey(knownEmail))).toBe(true)
        expect((await target.groupsByName([knownGroupName], signal)).has(foldKey(knownGroupName))).toBe(true)
        expect((await target.accountsByEmail([harness.samples.unusedEmail], signal)).size).toBe(0)
        expect((await target.groupsByName([harness.samples.unusedGroupName], signal)).size).toBe(0)
      })

      it.each<[ListKind]>([['users'], ['groups'], ['members']])(
        'never tells a shorter list when %s are cut: it notices, or reads again',
        async (list) => {
          harness.faults.cut(list, 1)
          const read = await readAll(open()).catch((thrown: unknown) => thrown)
          if (read instanceof Error) expect(read).toMatchObject({ code: 'incomplete-read' })
          else expectTruth(read as WholeRead)
          harness.faults.calm()
          harness.faults.cut(list)
          const again = await readAll(open()).catch((thrown: unknown) => thrown)
          if (again instanceof Error) expect(again).toMatchObject({ code: 'incomplete-read' })
          else expectTruth(again as WholeRead)
        },
      )

      it.each<['unavailable' | 'not-json' | 'cut-off' | 'expired', readonly ErrorCode[]]>([
        ['unavailable', ['unreachable', 'incomplete-read']],
        ['not-json', ['incomplete-read', 'config-invalid', 'unreachable']],
        ['cut-off', ['unreachable', 'incomplete-read']],
        ['expired', ['auth-failed']],
      ])('throws when reads fail half-way: %s', async (how, codes) => {
        const target = open()
        await target.identify(signal)
        harness.faults.failReads(how)
        const { code } = await failureOf(readAll(target))
        expect(codes).toContain(code)
      })
    })

    it('law P3: reads never write', async () => {
      const before = harness.digest()
      const target = open()
      await readAll(target)
      const { member, knownEmail, knownGroupName } = harness.samples
      await target.accountsNow([member.accountId], signal)
      await target.accountsByEmail([knownEmail], signal)
      await target.groupsByName([knownGroupName], signal)
      for await (const step of target.check(signal)) expect(step.message).not.toBe('')
      expect(harness.writes()).toBe(0)
      expect(harness.digest()).toBe(before)
      expect(Object.values(target.calls()).reduce((sum, calls) => sum + calls, 0)).toBeGreaterThan(0)
    })

    describe('law 3: applying a change twice equals applying it once', () => {
      it('by the same instance and by another one', async () => {
        await forEachOrder(async (target, order) => {
          const first = await apply(target, order)
          expect(outcomeOf(first), order.kind).toBe('applied')
          const after = harness.digest()
          for (const again of [target, open()]) {
            expect(['applied', 'alreadyTrue'], order.kind).toContain(outcomeOf(await apply(again, order)))
            expect(harness.digest(), order.kind).toBe(after)
          }
          if (order.kind === 'account.create') expect(harness.invitations(harness.samples.unusedEmail)).toBe(1)
        })
      })

      it.each<['status' | 'connection']>([['status'], ['connection']])(
        'when the answer to the first application is lost (%s)',
        async (how) => {
          await forEachOrder(async (target, order) => {
            await target.identify(signal)
            harness.faults.loseAnswer(how)
            const first = await apply(target, order)
            if (first.outcome === 'failed') expect(first.error.mayHaveApplied, order.kind).toBe(true)
            else expect(first.outcome, order.kind).toBe('applied')
            harness.faults.calm()
            const after = harness.digest()
            expect(['applied', 'alreadyTrue'], order.kind).toContain(outcomeOf(await apply(open(), order)))
            expect(harness.digest(), order.kind).toBe(after)
            if (order.kind === 'account.create') expect(harness.invitations(harness.samples.unusedEmail)).toBe(1)
          })
        },
      )

      it('and a write refused once for no fault of its own is carried out, or known not to be', async () => {
        await forEachOrder(async (target, order) => {
          await target.identify(signal)
          harness.faults.refuseOnce()
          const first = await apply(target, order)
          harness.faults.calm()
          if (first.outcome === 'failed') expect(['unreachable']).toContain(first.error.code)
          expect(['applied', 'alreadyTrue'], order.kind).toContain(outcomeOf(await apply(open(), order)))
        })
      })

      it('for objects that do not exist: they are gone', async () => {
        const nobody = 'aaaaaaaa-0000-4000-8000-000000000000'
        const { member, stranger } = harness.samples
        for (const order of [
          { kind: 'membership.add', accountId: nobody, groupId: stranger.groupId },
          { kind: 'membership.add', accountId: stranger.accountId, groupId: nobody },
          { kind: 'membership.remove', accountId: nobody, groupId: member.groupId },
          { kind: 'account.deactivate', accountId: nobody },
        ] as const) {
          const target = open()
          await target.identify(signal)
          if (target.operations[order.kind] === undefined) continue
          expect(outcomeOf(await apply(target, order))).toMatch(/^failed: gone/)
        }
      })

      it('answers every order of a call once, in any mixture', async () => {
        const target = open()
        await target.identify(signal)
        const { member, stranger } = harness.samples
        const many: Order[] = [
          { seq: 3, kind: 'membership.add', ...stranger },
          { seq: 1, kind: 'membership.add', ...member },
          { seq: 2, kind: 'membership.add', accountId: 'nobody-at-all', groupId: stranger.groupId },
        ]
        const answers = await target.operations['membership.add']?.apply(many, { signal, notify: false })
        expect(answers?.map(({ seq, outcome }) => [seq, outcome]).toSorted()).toEqual([
          [1, 'alreadyTrue'],
          [2, 'failed'],
          [3, 'applied'],
        ])
      })
    })

    describe('law 4: every vendor error leaves as one of our codes', () => {
      it('for every refusal that can be arranged', async () => {
        for (const { name: refusal, arrange, order, code, throws } of harness.refusals) {
          const target = open()
          await target.identify(signal)
          if (target.operations[order.kind] === undefined) continue
          arrange()
          const error = throws
            ? await failureOf(apply(target, order))
            : await apply(target, order).then((applied) =>
                applied.outcome === 'failed' ? applied.error : expect.fail(`${refusal}: ${applied.outcome}`),
              )
          expect(error.code, refusal).toBe(code)
          expect(error.message, refusal).not.toMatch(/[{}]|\bat .*\.ts:/)
          harness.faults.calm()
        }
      })
    })

    it('waits when asked to slow down, never shorter than asked, and loses nothing', async () => {
      harness.faults.slowDown(3, 4)
      const start = harness.now()
      expectTruth(await readAll(open()))
      expect(harness.now() - start).toBeGreaterThanOrEqual(4_000)
      harness.faults.slowDown(1, 9)
      const { stranger } = harness.samples
      expect(outcomeOf(await apply(open(), { kind: 'membership.add', ...stranger }))).toBe('applied')
      expect(harness.undercut()).toBe(0)
    })

    it('stops within a moment when cancelled, while reading and while writing', async () => {
      const target = open()
      await target.identify(signal)
      for (const work of [
        (stop: AbortSignal) => drained(target.users(stop)),
        (stop: AbortSignal) =>
          target.operations['membership.add']?.apply(
            [{ seq: 1, kind: 'membership.add', ...harness.samples.stranger }],
            {
              signal: stop,
              notify: false,
            },
          ),
      ]) {
        harness.faults.hang()
        const stop = new AbortController()
        const started = performance.now()
        setTimeout(() => stop.abort(), 50)
        expect((await failureOf(Promise.resolve(work(stop.signal)))).code).toBe('cancelled')
        expect(performance.now() - started).toBeLessThan(2_000)
        harness.faults.calm()
      }
    })

    it('shows no secret: not in errors, not in checks, not in the log', async () => {
      const texts: string[] = []
      const target = open()
      await readAll(target)
      for await (const step of target.check(signal)) texts.push(JSON.stringify(step))
      for (const how of ['unavailable', 'not-json', 'expired'] as const) {
        harness.faults.failReads(how)
        const error = await failureOf(readAll(open()))
        texts.push(error.message, error.hint ?? '', error.stack ?? '', String(error.cause), JSON.stringify(error))
        harness.faults.calm()
      }
      texts.push(harness.logged())
      for (const secret of harness.secrets) {
        expect(texts.join('\n')).not.toContain(secret)
        expect(texts.join('\n')).not.toContain(Buffer.from(secret).toString('base64'))
      }
    })
  })
}
