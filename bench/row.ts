/** One line of the table in docs/benchmarks.md. */
export interface Row {
  readonly work: string
  /** Figures with their units, e.g. `12.1 s, 310 MB`. */
  readonly measured: string
  /** The goal of the design, or `-` where it names none. */
  readonly goal: string
}

export interface BenchOptions {
  /** A small amount of work, to see that the bench itself runs. */
  readonly quick: boolean
  /** Also work that takes minutes and most of a machine's memory. */
  readonly large: boolean
  readonly say: (line: string) => void
}

export interface Bench {
  readonly name: string
  run(options: BenchOptions): Promise<readonly Row[]>
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
export const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`
export const ratio = (value: number, base: number) => `${(value / base).toFixed(2)}x`
