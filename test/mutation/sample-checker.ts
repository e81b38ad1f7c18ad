// A plugin of Stryker (`scripts/mutate.ts` names it): of all mutants it lets those pass that belong to a sample. The others
// count neither as noticed nor as unnoticed.
import { readFileSync, writeFileSync } from 'node:fs'
import { keyOf, type Mutant, partOf, type Sampling, sampleOf } from './sample.ts'

const sampling = JSON.parse(process.env.MUTATE_SAMPLE ?? '{}') as Sampling & { readonly file: string }

class SampleChecker {
  static readonly inject = [] as const
  #chosen: ReadonlySet<string> | undefined

  async init(): Promise<void> {}

  /** Is asked once, and by one process, about all mutants; `check` may be asked in several. */
  async group(mutants: readonly Mutant[]): Promise<readonly (readonly string[])[]> {
    // Those that are asked for by name were drawn before, from what may have been other mutants.
    const sample = sampling.only === undefined ? sampleOf(mutants, sampling) : mutants
    const chosen = partOf(sample, sampling)
    writeFileSync(
      sampling.file,
      JSON.stringify({ all: mutants.length, sample: sample.length, chosen: chosen.map(keyOf) }),
    )
    const ids = new Set(chosen.map(({ id }) => id))
    const others = mutants.filter(({ id }) => !ids.has(id)).map(({ id }) => id)
    return [[...ids], others].filter((group) => group.length > 0)
  }

  async check(mutants: readonly Mutant[]): Promise<Readonly<Record<string, { status: string; reason?: string }>>> {
    this.#chosen ??= new Set((JSON.parse(readFileSync(sampling.file, 'utf8')) as { chosen: string[] }).chosen)
    const verdict = (mutant: Mutant) =>
      this.#chosen?.has(keyOf(mutant)) === true
        ? { status: 'passed' }
        : { status: 'compileError', reason: 'not in the sample' }
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, verdict(mutant)]))
  }
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', injectableClass: SampleChecker }]
