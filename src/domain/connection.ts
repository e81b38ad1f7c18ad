import { z } from 'zod'
import { accessRuleSchema } from './access.ts'
import { durationSchema } from './duration.ts'
import { keySchema, modes } from './key.ts'
import { customAttributeSchema, customIdSchema, mappingRuleSchema, stepsSchema } from './mapping.ts'
import { patternSchema } from './pattern.ts'
import { guardsSchema, stageSchema } from './policy.ts'
import { reviewSchema } from './review.ts'
import { scheduleSchema } from './schedule.ts'
import { userScopeSchema } from './scope.ts'

export { keySchema, modes }

/** How an existing account is found for a person, in order of trust. */
export const matchRules = ['link', 'id', 'email', 'username'] as const
export type MatchRule = (typeof matchRules)[number]

/**
 * Who rules a target group ("Keep Existing Groups"): `add-only` never removes; `own` removes only what we granted;
 * `mapped` mirrors the source, strangers leave too; `all` also removes what no rule received. Listed from the
 * strictest keeper to the loosest.
 */
export const ownerships = ['add-only', 'own', 'mapped', 'all'] as const
export type Ownership = (typeof ownerships)[number]

/**
 * Who takes over what a leaver leads: an account by e-mail, username or id; `manager`, for the person's manager by the
 * attribute of that name; or both, `{ manager: managerId, otherwise: lead@acme.example }`.
 */
const leadRuleSchema = z.union([
  z
    .string()
    .trim()
    .min(1)
    .max(320)
    .transform((text): LeadRule => (text === 'manager' ? { manager: 'manager' } : { account: text })),
  z
    .strictObject({
      manager: z.string().trim().min(1).max(200).default('manager'),
      otherwise: z.string().trim().min(1).max(320).optional(),
    })
    .transform(
      ({ manager, otherwise }): LeadRule => (otherwise === undefined ? { manager } : { manager, account: otherwise }),
    ),
])

export interface LeadRule {
  /** The source attribute that names the manager: by key, address, login, or distinguished name where that is read. */
  readonly manager?: string
  /** Who takes over where no manager can. */
  readonly account?: string
}

const usersSchema = z
  .strictObject({
    create: z.boolean().default(true),
    update: z.boolean().default(true),
    activate: z.boolean().default(true),
    /** Also lift suspensions that somebody else made; for sites where the source alone decides (D8). */
    activateForeign: z.boolean().default(false),
    scope: userScopeSchema.default({ include: [], exclude: [] }),
    /** Absent = the order the target suggests. */
    match: z.array(z.enum(matchRules)).nonempty().optional(),
    /** Target attribute <- rule; absent attributes use the source's default mapping. */
    mapping: z.record(z.string(), mappingRuleSchema).default({}),
    /** Custom attributes: immutable id <- rule; where people see them says the target (D12, D27). */
    customAttributes: z.record(customIdSchema, customAttributeSchema).default({}),
    onDisabled: z.array(stageSchema).default([{ afterMs: 0, action: 'deactivate' }]),
    onLeft: z.array(stageSchema).default([{ afterMs: 7 * 86_400_000, action: 'deactivate' }]),
    /** Who takes over the projects and components of leavers, before their accounts end. */
    defaultProjectLead: leadRuleSchema.optional(),
    defaultComponentLead: leadRuleSchema.optional(),
    /** Products everybody in scope may use, whatever the groups say (D20). */
    access: z.array(accessRuleSchema).max(50).default([]),
    /** Mail people when an account is created. Quiet is the default. */
    notify: z.boolean().default(false),
  })
  .prefault({})

const groupsSchema = z
  .strictObject({
    import: z.boolean().default(true),
    scope: z
      .strictObject({ include: z.array(patternSchema).default([]), exclude: z.array(patternSchema).default([]) })
      .prefault({}),
    /** On-the-fly: the target group has the source group's name after these steps. Absent = by table only. */
    byName: z
      .strictObject({
        transform: stepsSchema.default([]),
        sameName: z.enum(['conflict', 'merge']).default('conflict'),
        ownership: z.enum(ownerships).optional(),
        /** What members of these groups may use; each group is held until a person agrees. */
        access: z.array(accessRuleSchema).max(50).default([]),
      })
      .optional(),
    /** Manual: source group (name or key) -> target group name. */
    byTable: z
      .array(
        z.strictObject({
          from: z.string().min(1),
          to: z.union([z.string().min(1), z.array(z.string().min(1)).nonempty()]),
          ownership: z.enum(ownerships).optional(),
          access: z.array(accessRuleSchema).max(50).default([]),
        }),
      )
      .default([]),
    ownership: z.enum(ownerships).default('own'),
    adoptExisting: z.boolean().default(true),
    /** A changed rule by name leaves linked groups where they are instead of giving them new names. */
    keepLinked: z.boolean().default(false),
    /** "Exclude Groups": nobody is ever taken out of these, beside the built-in list. */
    protected: z.array(patternSchema).default([]),
    defaultsForNew: z.array(z.string().min(1)).default([]),
    defaultsForAll: z.array(z.string().min(1)).default([]),
  })
  .prefault({})

const oldestSharedReadMs = 3_600_000

export const connectionSchema = z.strictObject({
  source: keySchema,
  target: keySchema,
  displayName: z.string().max(200).optional(),
  mode: z.enum(modes).default('review'),
  /** Several connections on one directory: higher wins, attribute by attribute; ties by name. */
  priority: z.number().int().min(-1000).max(1000).default(0),
  users: usersSchema,
  groups: groupsSchema,
  guards: guardsSchema,
  review: reviewSchema,
  /** Runs by itself while `muster serve` is up. Absent = only on demand. */
  schedule: scheduleSchema.optional(),
  /** A read of the same source that began at most so long ago for another connection is joined; `0s` = always reads anew. */
  sharedReadAge: durationSchema
    .refine((ms) => ms <= oldestSharedReadMs, 'must be at most 1h, or 0s for never')
    .default(60_000),
})

export type ConnectionConfig = z.output<typeof connectionSchema>

/** A connection with its name and the version of its settings. */
export interface Connection extends ConnectionConfig {
  readonly key: string
  /** Grows with every saved change of this connection, its source or its target. */
  readonly version: number
}
