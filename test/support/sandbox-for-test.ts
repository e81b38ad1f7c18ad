import { expect, onTestFinished } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { judge } from './sandbox-judge.ts'

/**
 * The twin in this process until the running test ends; only inside a test or its `beforeEach`. Where the vendor's
 * documents are present, everything that went over the wire is held against them, and the test fails if it differs.
 */
export async function sandboxForTest(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  const verdict = judge(sandbox)
  onTestFinished(async () => {
    await sandbox.stop()
    expect(verdict.problems).toEqual([])
  })
  return sandbox
}
