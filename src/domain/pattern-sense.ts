import { RE2JS } from 're2js'

/** A whole-name expression that decides nothing: it matches every name there can be, or none. */
export type PatternSense = 'everything' | 'nothing' | 'something'

/** How an expression is used: against the whole of a name, or searched for inside it. */
export type PatternUse = 'whole' | 'part'

/** Names that have nothing in common but not being empty. */
const probes = ['a', 'Z9', '-', 'ж', '名前', 'Ann Lee (HR) + "x"', 'x'.repeat(200), 'ou=a,dc=b'] as const

/** What a whole-name expression says about names. Nobody can list all names, so `everything` rests on probes. */
export function senseOf(pattern: string): PatternSense {
  if (matchesNothing(pattern, 'whole')) return 'nothing'
  const expression = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE)
  return probes.every((probe) => expression.matches(probe)) ? 'everything' : 'something'
}

// What the compiled program of re2js, as of RE2 itself, consists of.
const op = { alt: 1, altMatch: 2, capture: 3, emptyWidth: 4, match: 6, nop: 7, rune: 8, anyNotNewline: 11 } as const
const assertion = { beginLine: 1, endLine: 2, beginText: 4, endText: 8, wordBoundary: 16, noWordBoundary: 32 } as const

interface Instruction {
  readonly op: number
  readonly out: number
  /** The other way of an alternative, or the assertions of an empty-width step. */
  readonly arg: number
  /** Pairs from-to, or one character. */
  readonly runes: ArrayLike<number>
}

/** What stands on one side of a position; assertions tell no more apart. */
const sides = ['edge', 'newline', 'word', 'other'] as const
type Side = (typeof sides)[number]

/**
 * True when no text at all can satisfy the expression, such as `a$b`: some way through its program must lead to a match,
 * each step with some character on either side.
 */
export function matchesNothing(pattern: string, use: PatternUse): boolean {
  const { inst, start } = RE2JS.compile(pattern).re2Input.prog as { inst: readonly Instruction[]; start: number }
  const seen = new Set<string>()
  const waiting: [at: number, before: Side, after: Side][] = []
  const visit = (at: number, before: Side, after: Side) => {
    const key = `${at} ${before} ${after}`
    if (seen.has(key)) return
    seen.add(key)
    waiting.push([at, before, after])
  }
  const begins: readonly Side[] = use === 'whole' ? ['edge'] : sides
  for (const before of begins) for (const after of sides) visit(start, before, after)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [at, before, after] = next
    const step = inst[at]!
    if (step.op === op.match) {
      if (use === 'part' || after === 'edge') return false
    } else if (step.op === op.alt || step.op === op.altMatch) {
      visit(step.out, before, after)
      visit(step.arg, before, after)
    } else if (step.op === op.emptyWidth) {
      if (isTrue(step.arg, before, after)) visit(step.out, before, after)
    } else if (step.op === op.capture || step.op === op.nop) {
      visit(step.out, before, after)
    } else if (step.op >= op.rune && step.op <= op.anyNotNewline && reads(step, after)) {
      for (const further of sides) visit(step.out, after, further)
    }
  }
  return true
}

function isTrue(asked: number, before: Side, after: Side): boolean {
  const isBoundary = (before === 'word') !== (after === 'word')
  if (asked & assertion.beginText && before !== 'edge') return false
  if (asked & assertion.endText && after !== 'edge') return false
  if (asked & assertion.beginLine && before !== 'edge' && before !== 'newline') return false
  if (asked & assertion.endLine && after !== 'edge' && after !== 'newline') return false
  if (asked & assertion.wordBoundary && !isBoundary) return false
  return !(asked & assertion.noWordBoundary && isBoundary)
}

const newline = 10
/** `0-9`, `A-Z`, `_` and `a-z`: words of RE2 are ASCII. */
const wordRanges = [48, 57, 65, 90, 95, 95, 97, 122] as const
const otherRanges = [0, 9, 11, 47, 58, 64, 91, 94, 96, 96, 123, 0x10ffff] as const

/** Can this step read a character of that side? */
function reads({ op: kind, runes }: Instruction, side: Side): boolean {
  if (side === 'edge') return false
  if (kind === op.anyNotNewline) return side !== 'newline'
  if (runes.length === 0) return kind !== op.rune
  const wanted = side === 'newline' ? [newline, newline] : side === 'word' ? wordRanges : otherRanges
  for (let at = 0; at < runes.length; at += 2) {
    const from = runes[at]!
    const to = runes[at + 1] ?? from
    for (let other = 0; other < wanted.length; other += 2) {
      if (from <= wanted[other + 1]! && wanted[other]! <= to) return true
    }
  }
  return false
}
