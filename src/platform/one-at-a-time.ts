/** Work on one thing waits for the work on it before, whatever became of that. */
export function oneAtATime() {
  const last = new Map<string, Promise<unknown>>()
  return {
    async of<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
      const before = last.get(thing) ?? Promise.resolve()
      const mine = before.catch(() => undefined).then(work)
      last.set(thing, mine)
      return await mine
    },
  }
}
