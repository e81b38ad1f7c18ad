import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ChangeView, PlanView } from '../../src/contract/plans.ts'
import type { Run } from '../../src/domain/run.ts'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import type { Program } from '../support/program.ts'
import { configurationYaml, type Team, team } from './office.ts'

export interface Planned {
  readonly run: Run
  readonly plan: PlanView
  readonly changes: readonly ChangeView[]
}

/** One team, its connection and what can be done with it. */
export interface Desk {
  readonly key: string
  readonly program: Program
  save(team: Team): void
  plan(): Promise<Planned>
  approve(planned: Planned): Promise<void>
  /** Approves and applies; the changes as they became. */
  apply(planned: Planned): Promise<Planned>
  /** A full run without anybody looking. */
  sync(): Promise<Planned>
}

/** The program and the site that a desk works with. */
export interface Place {
  readonly program: Program
  readonly site: Sandbox
}

export interface DeskOptions {
  readonly saved?: Team
  readonly mode?: string
  /** Settings of the connection's people and groups, as they stand between braces in YAML. */
  readonly users?: string
  readonly groups?: string
}

export async function openDesk(
  { program, site }: Place,
  key: string,
  { saved = team(key), mode = 'automatic', ...rules }: DeskOptions = {},
): Promise<Desk> {
  const save = (changed: Team) => writeFileSync(join(program.folder, `${key}.json`), JSON.stringify(changed))
  writeFileSync(join(program.folder, 'api-token'), site.credentials.apiToken)
  writeFileSync(join(program.folder, 'org-key'), site.credentials.orgApiKey)
  save(saved)
  await program.applyFile(configurationYaml(site, { [key]: `path: ${key}.json` }, { mode, ...rules }))
  const { client, runner } = program
  const asked = { trigger: 'cli', startedBy: 'os:tester' } as const
  const told = async (run: Run): Promise<Planned> => {
    const plan = await client.plans.get({ params: { plan: run.planId ?? '' } })
    const { items } = await client.plans.changes({ params: { plan: plan.id }, query: { limit: 200 } })
    return { run, plan, changes: items }
  }
  const start = async (kind: 'preview' | 'full') => told(await (await runner.start(key, { ...asked, kind })).done)
  const desk: Desk = {
    key,
    program,
    save,
    plan: () => start('preview'),
    sync: () => start('full'),
    async approve({ plan }) {
      const body = { fingerprint: plan.fingerprint, release: { all: true as const } }
      await client.plans.approve({ params: { plan: plan.id }, body })
    },
    async apply(planned) {
      await desk.approve(planned)
      return told(await (await runner.apply(planned.plan.id, 'os:tester')).done)
    },
  }
  return desk
}

/** A desk whose team is in the site and settled. */
export async function settledDesk(place: Place, key: string, options?: DeskOptions): Promise<Desk> {
  const desk = await openDesk(place, key, options)
  const { run } = await desk.apply(await desk.plan())
  expect(run.state).toBe('applied')
  return desk
}

/** Each change with what became of it, in a few words. */
export const short = ({ changes }: Planned) =>
  changes.map(({ kind, outcome, skipReason, errorCode }) =>
    [kind, outcome, skipReason ?? errorCode].filter((part) => part !== undefined).join(' '),
  )

/**
 * A clock on which everything goes twenty times as fast, until it is told to go as others do; `pass` lets time go by on top.
 */
export function fastClock(): { readonly clock: Clock; pass(ms: number): void; goAsOthers(): void } {
  let speed = 20
  let start = Date.now()
  let passed = 0
  const now = () => start + (Date.now() - start) * speed + passed
  return {
    pass: (ms) => {
      passed += ms
    },
    goAsOthers() {
      passed = now() - Date.now()
      start = Date.now()
      speed = 1
    },
    clock: {
      now,
      sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
    },
  }
}
