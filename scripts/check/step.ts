import { spawn } from 'node:child_process'
import { toolEnvironment } from './tools.ts'

/** One part of `npm run check`. */
export interface Step {
  readonly name: string
  /** Program and arguments, started without a shell in the repository; exit code 0 means fine. */
  readonly command: readonly string[]
}

export interface StepResult {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
  /** Everything the step wrote, both streams in the order they arrived. */
  readonly output: string
}

/** Longest time one step may take. A step that hangs must not hold a build machine for hours. */
const stepTimeoutMs = 10 * 60_000

/** Runs one step to its end. Never throws: a program that cannot be started is a failed step. */
export function runStep(step: Step, cwd: string, timeoutMs: number = stepTimeoutMs): Promise<StepResult> {
  const started = performance.now()
  const [program = '', ...args] = step.command
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const end = (ok: boolean, note = '') =>
      resolve({
        name: step.name,
        ok,
        seconds: (performance.now() - started) / 1000,
        output: Buffer.concat(chunks).toString('utf8') + note,
      })
    const child = spawn(program, args, {
      cwd,
      env: toolEnvironment(cwd),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', (error) => end(false, `${program} could not be started: ${error.message}\n`))
    child.on('close', (code, signal) => {
      if (signal !== null) return end(false, `\nended by ${signal} after ${Math.round(timeoutMs / 1000)} s at most\n`)
      end(code === 0)
    })
  })
}

/** Runs all steps, at most `width` at a time and in the given order; reports each as soon as it ends. */
export async function runSteps(
  steps: readonly Step[],
  options: { readonly cwd: string; readonly width: number; readonly report: (result: StepResult) => void },
): Promise<readonly StepResult[]> {
  const waiting = [...steps]
  const results: StepResult[] = []
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await runStep(step, options.cwd)
      results.push(result)
      options.report(result)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, options.width) }, lane))
  return results
}
