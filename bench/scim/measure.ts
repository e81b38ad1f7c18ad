/** Milliseconds a piece of work takes: the median of `rounds` after a few that do not count. */
export async function eachMs(rounds: number, work: (round: number) => Promise<unknown>): Promise<number> {
  const warmUp = Math.min(20, Math.ceil(rounds / 10))
  const times: number[] = []
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const started = performance.now()
    await work(round)
    if (round >= warmUp) times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

/** Pieces of work done in a second by so many at once. */
export async function perSecond(
  total: number,
  atOnce: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0
  const started = performance.now()
  const lane = async () => {
    while (next < total) {
      const index = next
      next += 1
      await work(index)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return total / ((performance.now() - started) / 1000)
}
