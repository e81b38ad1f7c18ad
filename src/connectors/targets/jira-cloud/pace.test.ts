import { afterEach, describe, expect, it } from 'vitest'
import { applyOne, listed } from '../../../../test/doubles/atlassian-answers.ts'
import { type Credentials, startTwin, type TwinAndTarget } from '../../../../test/doubles/jira-cloud-twin.ts'
import type { Order, Target } from '../../../ports/target.ts'

/** How well the calls fit under limits nobody told us about, on a clock that jumps. */

const signal = new AbortController().signal
let twin: TwinAndTarget | undefined
afterEach(() => twin?.stop())

/** Puts people into a group and takes them out again, for so long on the twin's clock. */
async function busyFor(target: Target, seconds: number, { clock }: TwinAndTarget, orders: readonly Order[]) {
  const end = clock.now() + seconds * 1000
  for (let round = 0; clock.now() < end; round += 1) {
    const kind = round % 2 === 0 ? 'membership.add' : 'membership.remove'
    const some = orders.map((order) => ({ ...order, kind }) as Order)
    const answers = (await target.operations[kind]?.apply(some, { signal, notify: false })) ?? []
    expect(answers.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  }
}

describe('a limit that changes twice while another client eats 30 %', () => {
  const rows: [Credentials, string, Record<string, string>][] = [
    ['key alone', 'org.*', {}],
    ['key alone', 'org.*', { orgRetryAfter: 'absent' }],
    ['token alone', 'jira.*', {}],
  ]
  it.each(rows)(
    'is used to nine tenths, with no more than one refusal for each change: %s %s %j',
    async (credentials, operations, variants) => {
      twin = await startTwin(credentials, { variants })
      const { control } = twin.sandbox
      const target = twin.open()
      const made = await applyOne(target, { kind: 'group.create', after: { name: 'crowd' } })
      const groupId = made?.outcome === 'failed' ? '' : (made?.createdId ?? '')
      const people = (await listed(target.users(signal))).filter(
        ({ state, kind }) => state === 'active' && kind === 'person',
      )
      const orders = people
        .slice(0, 100)
        .map(({ id }, n): Order => ({ seq: n + 1, kind: 'membership.add', accountId: id, groupId }))
      const shares: number[] = []
      for (const perSecond of [20, 8, 30]) {
        control.setLimit({ operations, perSecond, otherClientPercent: 30 })
        // A minute to find out, one and a half to be judged by.
        await busyFor(target, 60, twin, orders)
        const before = control.counters().limits[0]?.granted ?? 0
        const started = twin.clock.now()
        await busyFor(target, 90, twin, orders)
        const granted = (control.counters().limits[0]?.granted ?? 0) - before
        shares.push(granted / (((twin.clock.now() - started) / 1000) * perSecond * 0.7))
      }
      const [use] = control.counters().limits
      for (const share of shares) expect(share).toBeGreaterThan(0.9)
      expect(use?.undercut).toBe(0)
      expect(use?.refused).toBeLessThanOrEqual(3)
    },
  )
})
