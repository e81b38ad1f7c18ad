interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result | Promise<Result>) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Does pieces of work of one key together: what is asked while `work` is under way waits for it and is then given to the next
 * `work`, at most `most` at once and in the order it was asked for. Who comes alone does not wait. `work` answers each by its
 * position, a promise also; what it throws is thrown to each of them.
 */
export function gathered<Item, Result>(
  most: number,
  work: (items: readonly Item[]) => Promise<readonly (Result | Promise<Result>)[]>,
): (key: string, item: Item) => Promise<Result> {
  const waiting = new Map<string, Waiting<Item, Result>[]>()

  const run = async (key: string, queue: Waiting<Item, Result>[]) => {
    while (queue.length > 0) {
      const taken = queue.splice(0, most)
      try {
        const results = await work(taken.map(({ item }) => item))
        taken.forEach(({ resolve }, at) => {
          resolve(results[at]!)
        })
        await Promise.allSettled(results)
      } catch (error) {
        for (const { reject } of taken) reject(error)
      }
    }
    waiting.delete(key)
  }
  return (key, item) =>
    new Promise((resolve, reject) => {
      const queue = waiting.get(key)
      if (queue !== undefined) {
        queue.push({ item, resolve, reject })
        return
      }
      const begun = [{ item, resolve, reject }]
      waiting.set(key, begun)
      run(key, begun)
    })
}
