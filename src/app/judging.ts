import type { ConnectionJudgement } from '../contract/connections.ts'
import type { TargetAttributes } from '../contract/targets.ts'
import { connectionSchema } from '../domain/connection.ts'
import { asProvisioningError } from '../domain/errors.ts'
import { nextTimes, scheduleText } from '../domain/schedule.ts'
import { isoTime } from '../platform/clock.ts'
import type { Target } from '../ports/target.ts'
import type { Document } from './documents.ts'
import type { Finding } from './finding.ts'
import type { ReadyEnd } from './installation.ts'
import { findingsFor } from './objects.ts'
import type { UseCase } from './use-case.ts'

/** A connection as it might be saved: what is wrong with it, when it would run, and what its ends offer to its rules. */
export async function judge(useCase: UseCase, key: string, document: Document): Promise<ConnectionJudgement> {
  const { findings, warnings } = await findingsFor(useCase, 'connection', key, document)
  const { data: schedule } = connectionSchema.shape.schedule.safeParse(document.schedule)
  const now = useCase.clock.now()
  return {
    problems: findings.map(noted),
    warnings: warnings.map(noted),
    ...(schedule === undefined ? {} : { schedule: scheduleText(schedule) }),
    nextRuns: schedule === undefined ? [] : nextTimes(schedule, now, true, now, 5).map(isoTime),
    source: await sourceOf(useCase, document.source),
    target: await targetOf(useCase, document.target),
  }
}

/** The document itself is at the top, whatever section of a file it would stand in. */
function noted({ path, message, hint }: Finding) {
  return { at: path.slice(2), message, ...(hint === undefined ? {} : { hint }) }
}

async function sourceOf(useCase: UseCase, key: unknown): Promise<ConnectionJudgement['source']> {
  return await unasked(
    async () => await useCase.source(await useCase.object('source', String(key))),
    ({ absentMeansEmpty = false, defaultMapping }) => ({
      absentMeansEmpty,
      mapping: Object.fromEntries(
        Object.entries(defaultMapping).map(([name, { from, steps }]) => [
          name,
          { steps: [...steps], ...(from === undefined ? {} : { from }) },
        ]),
      ),
    }),
  )
}

async function targetOf(useCase: UseCase, key: unknown): Promise<ConnectionJudgement['target']> {
  return await unasked(
    async () => await useCase.target(await useCase.object('target', String(key))),
    (target) => ({
      match: [...target.defaultMatch],
      ...attributesOf(target),
      groupNameLimit: target.groupNameLimit,
      lacks: { ...target.lacks },
    }),
  )
}

/** Which attributes a target takes, and where people will see them (D27). */
export function attributesOf({
  writableAttributes,
  customAttributes,
}: Pick<Target, 'writableAttributes' | 'customAttributes'>): TargetAttributes {
  return {
    attributes: writableAttributes.map(({ name, required, when, seen }) => ({ name, required, when, seen })),
    ...(customAttributes === undefined
      ? {}
      : { custom: { seen: customAttributes.seen, hidden: customAttributes.hidden === true } }),
  }
}

/** What an end says of itself before anything is asked; undefined while it does not exist or is incomplete. */
async function unasked<Opened extends { close(): Promise<void> }, Facts>(
  ready: () => Promise<ReadyEnd<Opened>>,
  facts: (opened: Opened) => Facts,
): Promise<Facts | undefined> {
  try {
    const opened = (await ready()).open()
    try {
      return facts(opened)
    } finally {
      await opened.close()
    }
  } catch (thrown) {
    if (['not-found', 'config-invalid'].includes(asProvisioningError(thrown).code)) return undefined
    throw thrown
  }
}
