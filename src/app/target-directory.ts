import type { Handlers } from '../contract/routes.ts'
import type { RekeyingView, WriterView } from '../contract/targets.ts'
import type { FenceMark } from '../domain/account.ts'
import { fail } from '../domain/errors.ts'
import { applyRekeying, previewRekeying, type Rekeying } from '../engine/rekeying.ts'
import { isoTime } from '../platform/clock.ts'
import type { Target } from '../ports/target.ts'
import { attributesOf } from './judging.ts'
import type { UseCase } from './use-case.ts'

/** The mark on a directory takes a call or two; a re-keying reads all of it. */
const longestMs = 15 * 60_000

type DirectoryActs = Pick<Handlers['targets'], 'attributes' | 'writer' | 'takeOver' | 'previewRekeying' | 'rekey'>

/** The directory behind a target: which Muster writes to it (D12), and by which key it goes (D1). */
export function directoryUseCases(useCase: UseCase): DirectoryActs {
  const { store, clock } = useCase

  const opened = async <Result>(
    key: string,
    asked: AbortSignal,
    work: (target: Target, signal: AbortSignal) => Promise<Result>,
  ) => {
    const target = (await useCase.target(await useCase.object('target', key))).open()
    const signal = AbortSignal.any([asked, AbortSignal.timeout(longestMs)])
    try {
      await target.identify(signal)
      return await work(target, signal)
    } finally {
      await target.close()
    }
  }

  const view = (mark: FenceMark | undefined): WriterView => ({
    instanceId: store.instanceId,
    keeper:
      mark === undefined
        ? undefined
        : { instanceId: mark.instanceId, since: isoTime(mark.since), ours: mark.instanceId === store.instanceId },
  })

  return {
    async attributes(_caller, { params: { key } }) {
      const target = (await useCase.target(await useCase.object('target', key))).open()
      try {
        return attributesOf(target)
      } finally {
        await target.close()
      }
    },

    writer: ({ signal: asked }, { params: { key } }) =>
      opened(key, asked, async ({ fence }, signal) => view(await fence?.read(signal))),

    takeOver: ({ principal, signal: asked }, { params: { key }, body: { from } }) =>
      opened(key, asked, async ({ fence }, signal) => {
        const mark = await fence?.read(signal)
        if (fence === undefined || mark === undefined || mark.instanceId !== from) {
          const whose =
            mark === undefined ? 'nobody left a mark there' : `the mark is of installation ${mark.instanceId}`
          throw fail.conflict(`The directory of "${key}" was not taken over from ${from}: ${whose}.`, {
            hint: `See who keeps it: muster targets take-over ${key}`,
          })
        }
        const ours = { instanceId: store.instanceId, since: clock.now() }
        await fence.claim(ours, signal)
        await useCase.audit(principal, 'target.take-over', `target:${key}`, { from, since: isoTime(mark.since) })
        return view(ours)
      }),

    previewRekeying: ({ signal: asked }, { params: { key } }) =>
      opened(key, asked, async (target, signal) => {
        const rekeying = await previewRekeying({ store, clock, target, targetKey: key, signal })
        return rekeying === undefined ? {} : { rekeying: rekeyingView(rekeying) }
      }),

    rekey: ({ principal, signal: asked }, { params: { key }, body: { fingerprint } }) =>
      opened(key, asked, async (target, signal) => {
        const rekeying = await applyRekeying({ store, clock, target, targetKey: key, signal }, fingerprint)
        const { from, to, counts } = rekeying
        await useCase.audit(principal, 'target.re-key', `target:${key}`, { from, to, fingerprint, counts })
        return rekeyingView(rekeying)
      }),
  }
}

function rekeyingView({ counts, accounts, groups, otherTargets, ...rest }: Rekeying): RekeyingView {
  return {
    ...rest,
    counts: { ...counts },
    accounts: { ...accounts, missing: [...accounts.missing], differing: [...accounts.differing] },
    groups: { ...groups, byName: [...groups.byName], missing: [...groups.missing] },
    otherTargets: [...otherTargets],
  }
}
