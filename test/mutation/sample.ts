import { createHash } from 'node:crypto'

/** What a mutant is known by, as Stryker tells it. */
export interface Mutant {
  readonly id: string
  readonly fileName: string
  readonly mutatorName: string
  readonly replacement?: string
  readonly location: {
    readonly start: { readonly line: number; readonly column: number }
    readonly end: { readonly line: number; readonly column: number }
  }
}

export interface Sampling {
  /** How many mutants. */
  readonly size: number
  readonly seed: string
  /** Of a sample that is measured piece by piece: which piece, from 1, of how many. */
  readonly part?: readonly [number, number]
  /** Only these of the sample, by their keys. */
  readonly only?: readonly string[]
}

/** The same on every machine: where a mutant stands and what it changes. */
export function keyOf({ fileName, mutatorName, replacement, location: { start, end } }: Mutant): string {
  const file = fileName.slice(fileName.lastIndexOf('/src/') + 1)
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column} ${mutatorName} ${replacement ?? ''}`
}

/** A mutant of a report, as the plugin was asked about it: reports count lines and columns from 1, Stryker itself from 0. */
export function ofReport<Each extends Mutant>(mutant: Each): Each {
  const { start, end } = mutant.location
  const before = ({ line, column }: typeof start) => ({ line: line - 1, column: column - 1 })
  return { ...mutant, location: { start: before(start), end: before(end) } }
}

/**
 * A sample in which every file has the share it has of all mutants, to within one: sorted by file and within a file by a
 * hash with the seed, every n-th is taken. The order of the input does not matter.
 */
export function sampleOf<Each extends Mutant>(mutants: readonly Each[], { size, seed }: Sampling): readonly Each[] {
  const ranked = mutants
    .map((mutant) => ({ mutant, file: keyOf(mutant).split(':')[0]!, rank: rankOf(seed, keyOf(mutant)) }))
    .sort((a, b) => (a.file === b.file ? (a.rank < b.rank ? -1 : 1) : a.file < b.file ? -1 : 1))
    .map(({ mutant }) => mutant)
  const count = Math.min(size, ranked.length)
  return Array.from({ length: count }, (_, index) => ranked[Math.floor(((index + 0.5) * ranked.length) / count)]!)
}

/** One piece of a sample; every piece has its share of each file. */
export function partOf<Each extends Mutant>(
  sample: readonly Each[],
  { part: [number, of] = [1, 1], only }: Pick<Sampling, 'part' | 'only'>,
): readonly Each[] {
  const wanted = only === undefined ? undefined : new Set(only)
  return sample.filter((mutant) => wanted?.has(keyOf(mutant)) !== false).filter((_, index) => index % of === number - 1)
}

function rankOf(seed: string, key: string): string {
  return createHash('sha256').update(`${seed}\n${key}`).digest('hex')
}

/** The share of `hits` among `all`, and where the true one lies in 95 of 100 samples (Wilson), all in percent. */
export function scoreOf(
  hits: number,
  all: number,
): { readonly score: number; readonly low: number; readonly high: number } {
  if (all === 0) return { score: 0, low: 0, high: 100 }
  const z = 1.96
  const share = hits / all
  const middle = (share + (z * z) / (2 * all)) / (1 + (z * z) / all)
  const reach = (z / (1 + (z * z) / all)) * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all))
  return { score: 100 * share, low: 100 * (middle - reach), high: 100 * (middle + reach) }
}
