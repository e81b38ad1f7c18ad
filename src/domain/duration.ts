import { z } from 'zod'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** `15m`, `6h`, `7d` as milliseconds. A day is 24 hours. */
export const durationSchema = z
  .string()
  .regex(/^\d{1,5}[smhdw]$/, 'use a whole number and a unit: 30s, 15m, 6h, 7d or 2w')
  .transform((text) => Number(text.slice(0, -1)) * unitMs[text.slice(-1) as keyof typeof unitMs])

/** Milliseconds as the shortest duration text that the schema reads back. */
export function formatDuration(ms: number): string {
  for (const [unit, size] of Object.entries(unitMs).reverse()) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  }
  return `${Math.round(ms / 1000)}s`
}
