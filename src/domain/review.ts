import { z } from 'zod'
import { durationSchema } from './duration.ts'

const dayMs = 86_400_000
const shortestMs = 60_000

/** How plans of a connection are reviewed. */
export const reviewSchema = z
  .strictObject({
    /** Whoever approves is neither who started the run nor who changed the rules since they were last applied. */
    fourEyes: z.boolean().default(false),
    /** An older plan is neither approved nor begun: too much may have moved since both sides were read. */
    validFor: durationSchema.refine((ms) => ms >= shortestMs, 'must be at least a minute').default(14 * dayMs),
  })
  .prefault({})
export type Review = z.output<typeof reviewSchema>

/**
 * The person behind an actor of runs, saved settings and the audit log: `os:anna`, `user:anna`, `sso:anna` and
 * `user:anna/laptop` (a personal token) are all anna. Undefined for a token that is nobody's, and for the schedule.
 */
export function personBehind(actor: string): string | undefined {
  const [, door = '', name = ''] = /^(os|user|sso):([^/]+)/.exec(actor) ?? []
  return door === '' ? undefined : personName(name)
}

/** The same name in whatever letter case and form of letters. */
export function personName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase()
}

/** All names of the person behind one, through every pair that says two names are one person. */
export function namesOfPerson(name: string, pairs: readonly (readonly [string, string])[]): ReadonlySet<string> {
  const names = new Set([name])
  for (const each of names) {
    for (const [one, other] of pairs) {
      if (one === each) names.add(other)
      if (other === each) names.add(one)
    }
  }
  return names
}
