import { inspect } from 'node:util'

const masked = '[secret]'

/** A value that never shows itself: not in a template, JSON, an error or the inspector. `reveal()` is the one way out. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** Only for the moment it is put on the wire or sealed. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return masked
  }

  toJSON(): string {
    return masked
  }

  [inspect.custom](): string {
    return masked
  }
}
