import type { TargetKind } from '../../src/ports/catalog.ts'
import type { Target } from '../../src/ports/target.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { judge } from '../support/sandbox-judge.ts'
import { type QuickClock, quickClock } from './quick-clock.ts'

/** A twin of Atlassian Cloud and a connector, both on one quick clock. */
export interface TwinAndTarget {
  readonly sandbox: Sandbox
  readonly clock: QuickClock
  /** A new instance; `settings` replace those of the credentials. */
  open(settings?: Readonly<Record<string, unknown>>): Target
  /** Everything the instances logged. */
  logged(): string
  /** Closes every instance and stops the twin. */
  stop(): Promise<void>
}

/** Ids by the names people use, of what the twin holds now. */
export function idsOf({ sandbox }: TwinAndTarget) {
  const { state } = sandbox.control.twin
  return {
    person: (email: string) => state.accountByEmail(email)?.accountId ?? `no account ${email}`,
    group: (name: string) => state.groupByName(name)?.groupId ?? `no group ${name}`,
  }
}

/** People in the company of the twin: more than one page of everything. */
const people = 260

/** `strict`: a request that the vendor's documents do not know fails the test even where the twin refused it. */
export async function startCloudTwin(
  kind: TargetKind,
  settingsOf: (sandbox: Sandbox) => Readonly<Record<string, unknown>>,
  options: SandboxOptions,
): Promise<TwinAndTarget> {
  const clock = quickClock()
  const sandbox = await startSandbox({ company: people, target: 'ten-years', clock, ...options })
  const verdict = judge(sandbox, { strict: true })
  const usual = settingsOf(sandbox)
  const opened: Target[] = []
  let logged = ''
  return {
    sandbox,
    clock,
    logged: () => logged,
    open: (settings = {}) => {
      const target = kind.connect(kind.config.parse({ ...usual, ...settings }), {
        key: 'twin',
        now: clock.now,
        sleep: clock.sleep,
        log: (message, fields) => {
          logged += JSON.stringify({ message, ...fields })
        },
        baseDir: '.',
        localDirectory: undefined as never,
        instanceId: 'test',
      })
      opened.push(target)
      return target
    },
    stop: async () => {
      for (const target of opened) await target.close()
      await sandbox.stop()
      if (verdict.problems.length > 0) throw new Error(`Unlike the vendor's documents:\n${verdict.problems.join('\n')}`)
    },
  }
}
