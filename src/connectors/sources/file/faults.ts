import { fail, type Problem, type ProvisioningError } from '../../../domain/errors.ts'

/** Enough to see a pattern; a file of the wrong kind would otherwise name every line. */
const mostProblems = 50

/** Everything found wrong in the files of one read, told together. */
export class Faults {
  readonly #problems: Problem[] = []

  get any(): boolean {
    return this.#problems.length > 0
  }

  /** Remembers a problem. Throws `incomplete-read` with all of them when there are more than a person will read. */
  add(where: string, message: string, hint?: string): void {
    if (this.#problems.length === mostProblems) throw this.error(true)
    this.#problems.push(hint === undefined ? { where, message } : { where, message, hint })
  }

  /** For a problem after which nothing more can be understood. */
  stop(where: string, message: string, hint?: string): never {
    if (this.#problems.length < mostProblems) {
      this.#problems.push(hint === undefined ? { where, message } : { where, message, hint })
    }
    throw this.error()
  }

  throwIfAny(): void {
    if (this.any) throw this.error()
  }

  error(more = false): ProvisioningError {
    const problems = this.#problems.toSorted(byPlace)
    const [first] = problems
    const count = problems.length
    const told = first === undefined ? 'nothing was understood' : `${first.where}: ${first.message}`
    const rest = count > 1 ? ` (and ${more ? 'more than ' : ''}${count - 1} more)` : ''
    return fail.incompleteRead(`The file cannot be trusted: ${told}${rest}`, {
      hint: first?.hint ?? 'Correct the file and read again. Until then nothing is taken away from anybody.',
      problems,
    })
  }
}

/** By line within a file; files stay in the order in which they were read. */
function byPlace(a: Problem, b: Problem): number {
  const [one, other] = [placeOf(a), placeOf(b)]
  return one.file === other.file ? one.line - other.line : 0
}

function placeOf({ where = '' }: Problem): { file: string; line: number } {
  const [, file = where, line = '0'] = /^(.*?):(\d+)(?::\d+)?$/.exec(where) ?? []
  return { file, line: Number(line) }
}
