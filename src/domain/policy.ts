import { z } from 'zod'
import { durationSchema } from './duration.ts'

/** What is done when a leaver's stage is due ("Deactivated User Action"). */
export const leaverActions = [
  'nothing',
  'remove-managed-groups',
  'remove-all-groups',
  'remove-access',
  'deactivate',
  'disable-account',
  'delete',
] as const

/** One stage of leaving: `{ after: 7d, action: deactivate }`. */
export const stageSchema = z
  .strictObject({ after: durationSchema, action: z.enum(leaverActions) })
  .transform(({ after, action }) => ({ afterMs: after, action }))
export type Stage = z.output<typeof stageSchema>

/** Limit = min(cap, max(floor, percent of base)), counted over the plan plus the last 24 hours (D18). */
const limit = (floor: number, percent: number, cap: number) =>
  z
    .strictObject({
      floor: z.number().int().min(0).default(floor),
      percent: z.number().min(0).max(100).default(percent),
      cap: z.number().int().min(0).default(cap),
    })
    .prefault({})

const shrink = (floor: number, percent: number) =>
  z
    .strictObject({
      floor: z.number().int().min(0).default(floor),
      percent: z.number().min(0).max(100).default(percent),
    })
    .prefault({})

export const guardsSchema = z
  .strictObject({
    deactivations: limit(5, 2, 100),
    /** Accounts deleted for good: the first one already needs a person. */
    deletions: limit(0, 0, 0),
    membershipRemovals: limit(20, 2, 1000),
    groupRemovals: limit(5, 30, 200),
    groupsEmptied: limit(0, 0, 0),
    creates: limit(20, 10, 500),
    identityChanges: limit(5, 1, 50),
    adminGrants: limit(0, 0, 0),
    /** Fewer people than the last good read: more than floor AND more than percent missing. */
    sourceUsers: shrink(5, 20),
    sourceGroupMembers: shrink(10, 50),
    /** A mapped attribute at least `floor` people had and fewer than `percent` of them have now. */
    attributeFilled: shrink(50, 50),
    groupAdoption: z.enum(['hold', 'allow']).default('hold'),
    /** Break-glass accounts: e-mail, username or account id; no change of ours ever touches them. */
    neverTouch: z.array(z.string().min(1)).default([]),
  })
  .prefault({})
export type Guards = z.output<typeof guardsSchema>
export type Limit = Guards['deactivations']

export type Shrinkage = Guards['sourceUsers']

/** The largest count that passes without a person. */
export function limitFor({ floor, percent, cap }: Limit, base: number): number {
  return Math.min(cap, Math.max(floor, wholePercent(percent, base)))
}

/** How many may be missing from a read that had `before`. */
export function mostMissing({ floor, percent }: Shrinkage, before: number): number {
  return Math.max(floor, wholePercent(percent, before))
}

/** A percentage is exact to the millionth: 29 % of 100 are 29, which binary fractions alone would make 28. */
const parts = 1_000_000

function wholePercent(percent: number, base: number): number {
  return Math.floor((Math.round(percent * parts) * base) / (100 * parts))
}

/** Groups whose name alone says administration: never removed from, never taken by name. */
export const builtInProtectedGroups: readonly string[] = [
  'site-admins',
  'org-admins',
  'administrators',
  'system-administrators',
  'jira-administrators',
  'jira-system-administrators',
  'jira-admins',
  'confluence-administrators',
  'confluence-admins',
  'crowd-administrators',
  'bitbucket-administrators',
  'bitbucket-admins',
  'stash-administrators',
  'stash-admins',
]
