/** Whether an operation name fits `*`, `org.*`, `jira.group.addMember` or a comma-separated list of such. */
export function fitsOperation(pattern: string, name: string): boolean {
  return pattern.split(',').some((each) => {
    const one = each.trim()
    if (one === '*') return true
    return one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name
  })
}

/** Throws where a part of the pattern fits none of these operations: whatever waits for it would wait for nothing. */
export function requireOperations(pattern: string, names: readonly string[]): void {
  for (const part of pattern.split(',').map((each) => each.trim())) {
    if (names.some((name) => fitsOperation(part, name))) continue
    const family = part.slice(0, part.indexOf('.') + 1)
    const kin = family === '' ? [] : names.filter((name) => name.startsWith(family))
    throw new Error(`There is no operation "${part}" here, but: ${(kin.length > 0 ? kin : names).join(', ')}`)
  }
}

/** A small seeded generator (mulberry32): the same seed gives the same run of numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
