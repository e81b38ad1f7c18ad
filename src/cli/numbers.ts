import { fail } from '../domain/errors.ts'

/** `3,7-9` as 3, 7, 8, 9; at most `most` of them. Throws `usage`. */
export function numbersOf(
  text: string,
  { what, most }: { readonly what: string; readonly most: number },
): [number, ...number[]] {
  const tooMany = () => fail.usage(`At most ${most} numbers can be given at once.`, { hint: 'Do it in several steps.' })
  const numbers = text.split(',').flatMap((part) => {
    const [, from, to] = /^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(part) ?? []
    const first = Number(from ?? 0)
    const last = Number(to ?? first)
    if (first < 1 || last < first) {
      throw fail.usage(`"${part}" is not the number of ${what}.`, {
        hint: 'Write numbers and ranges with commas: 3,7-9.',
      })
    }
    if (last - first >= most) throw tooMany()
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
  const [first, ...rest] = new Set(numbers)
  if (first === undefined || rest.length >= most) throw tooMany()
  return [first, ...rest]
}
