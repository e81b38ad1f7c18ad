/** Where things stand in pictures, in percent of the room there is. */

export interface Span {
  readonly from: number
  readonly until: number
}

/** How far an instant lies in a span: 0 at its beginning, 100 at its end, never outside. */
export function placeOf(at: number, { from, until }: Span): number {
  if (until <= from) return 0
  return Math.min(100, Math.max(0, ((at - from) / (until - from)) * 100))
}

/**
 * How high a count stands beside the highest one: nothing is 0, everything else is seen. Heights grow with the root, so that
 * ten changes beside ten thousand are more than a line.
 */
export function heightOf(count: number, highest: number, least = 12): number {
  if (count <= 0 || highest <= 0) return 0
  return least + (100 - least) * Math.sqrt(Math.min(1, count / highest))
}

/** Points of a line for `points` of an SVG with the view box `0 0 100 100`; higher values stand higher. */
export function linePoints(values: readonly (number | undefined)[], highest: number): string {
  return values
    .flatMap((value, index) => (value === undefined ? [] : [[acrossOf(index, values.length), value] as const]))
    .map(([x, value]) => `${rounded(x)},${rounded(100 - (highest === 0 ? 0 : (value / highest) * 100))}`)
    .join(' ')
}

/** Place of the nth of so many columns: the middle of its room. */
export function acrossOf(index: number, count: number): number {
  return ((index + 0.5) / count) * 100
}

/** The smallest of 1, 2, 5, 10, 20, 50 … that is no less: where an axis ends. */
export function roundUp(value: number): number {
  if (value <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
