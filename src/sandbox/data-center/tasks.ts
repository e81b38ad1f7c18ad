import type { Clock } from '../../platform/clock.ts'

export interface LongTask {
  readonly id: number
  readonly name: string
  readonly startedAt: number
  readonly endsAt: number
}

/** Work that goes on after the answer: it is done when its time has passed, at the next look. */
export class LongTasks {
  /** How long a task takes; for those started from now on. */
  durationMs = 0
  readonly #clock: Clock
  readonly #tasks = new Map<number, LongTask & { readonly finish: () => void; isDone: boolean }>()
  #lastId = 500

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(name: string, finish: () => void): LongTask {
    const startedAt = this.#clock.now()
    const task = { id: ++this.#lastId, name, startedAt, endsAt: startedAt + this.durationMs, finish, isDone: false }
    this.#tasks.set(task.id, task)
    return task
  }

  /** Finishes what is due; to be called before every request and every look at the state. */
  settle(): void {
    for (const task of this.#tasks.values()) {
      if (task.isDone || this.#clock.now() < task.endsAt) continue
      task.isDone = true
      task.finish()
    }
  }

  get(id: number): LongTask | undefined {
    return this.#tasks.get(id)
  }

  get newest(): LongTask | undefined {
    return [...this.#tasks.values()].at(-1)
  }

  isDone({ id }: LongTask): boolean {
    return this.#tasks.get(id)?.isDone === true
  }

  /** One of this name is under way. */
  isBusy(name: string): boolean {
    return [...this.#tasks.values()].some((task) => task.name === name && !task.isDone)
  }
}
