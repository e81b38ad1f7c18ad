/**
 * How often a property is tried. Everybody's tests try the same made-up worlds, so that a change is never stopped by what
 * another one brought. A hunt tries others, `MUSTER_HUNT=100` a hundred times as many; the seed of what falls is printed.
 */
export function tries(numRuns: number): { readonly numRuns: number; readonly seed?: number } {
  const times = Number(process.env.MUSTER_HUNT ?? 0)
  return times > 0 ? { numRuns: numRuns * times } : { numRuns, seed: 20_261_201 }
}
