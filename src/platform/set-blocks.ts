import { sortInPlace } from './sorted.ts'

/** 256 KiB. */
const blockLength = 65_536

const none = new Int32Array(0)

/**
 * Room for many small sets of integers in few large arrays. A typed array with memory of its own takes some 300 bytes
 * beside its values, and a directory has ten thousand groups. What was handed out is never written to again.
 */
export class SetBlocks {
  #block = none
  #used = 0

  /**
   * The set of the values that `fill` writes into the room it is given, ascending, each once. `fill` returns how many it
   * wrote, at most `atMost`.
   */
  set(atMost: number, fill: (room: Int32Array) => number): Int32Array {
    if (atMost === 0) return none
    if (this.#block.length - this.#used < atMost) {
      this.#block = new Int32Array(Math.max(blockLength, atMost))
      this.#used = 0
    }
    const room = this.#block.subarray(this.#used, this.#used + atMost)
    const written = fill(room)
    const set = written === 0 ? none : sortInPlace(written === atMost ? room : room.subarray(0, written))
    this.#used += set.length
    return set
  }

  /** The same for values that stand in a list. */
  setOf(values: readonly number[]): Int32Array {
    return this.set(values.length, (room) => {
      room.set(values)
      return values.length
    })
  }
}
