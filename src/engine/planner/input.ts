import type { Product } from '../../domain/access.ts'
import type { CustomAttributePlace, WritableAttribute } from '../../domain/account.ts'
import type { Change, WriteKind } from '../../domain/change.ts'
import type { Connection, MatchRule } from '../../domain/connection.ts'
import type { Instant } from '../../domain/identity.ts'
import type { LedThing } from '../../domain/lead.ts'
import type { MappingRule } from '../../domain/mapping.ts'
import type { Departure, Memory } from '../../domain/memory.ts'
import type { GuardResult, PlanSummary } from '../../domain/plan.ts'
import type { HoldReason } from '../../domain/reason.ts'
import type { SourceReadSummary, SourceSnapshot, TargetSnapshot } from '../../domain/snapshot.ts'
import type { WorkItem } from '../../domain/work-item.ts'
import type { Part } from './part.ts'
import type { Trace } from './trace.ts'

/** What a target says about itself. */
export interface TargetEnd {
  readonly defaultMatch: readonly MatchRule[]
  readonly writableAttributes: readonly WritableAttribute[]
  /** Absent = the target keeps no custom attributes. */
  readonly customAttributes?: CustomAttributePlace
  readonly groupNameLimit: number
  readonly offered: ReadonlySet<WriteKind>
  /** Why a kind is not offered, in the target's words. */
  readonly notOffered: Readonly<Partial<Record<WriteKind, string>>>
  readonly ownAccountId?: string
  /** Domains an address may be changed to; absent = any. */
  readonly emailDomains?: readonly string[]
  /** Products of the target's site with their seats; absent = the target knows none. */
  readonly products?: readonly Product[]
  /** When creating an account sends a mail; absent = never. */
  readonly creationMails?: 'always' | 'asked'
}

/** What the two ends say about themselves. */
export interface Ends extends TargetEnd {
  readonly defaultMapping: Readonly<Record<string, MappingRule>>
}

/** Reasons to trust nothing until a person looked (D18 trust guards). */
export interface Trust {
  readonly firstRun: boolean
  readonly rulesChanged: boolean
  readonly upgraded: boolean
  /** What changed in the settings since the last good read, one sentence each. */
  readonly settingsChanges?: readonly string[]
  /** Among them whether two people are asked: also an empty plan waits then, or it would settle that alone. */
  readonly secondPerson?: boolean
  /** Which versions moved since then, one sentence each. */
  readonly versionSteps?: readonly string[]
  /** The last run that changed something was an undo: what it took back would be planned again. */
  readonly undone?: boolean
  /** The last run that changed something retired the connection: what it took away would be planned again. */
  readonly retired?: boolean
  /** The directory got another key since the last good read (D1). */
  readonly rekeyed?: boolean
  /** Another installation keeps the directory (D12): who, and since when, as one sentence. */
  readonly keptBy?: string
}

/** Another connection into the same directory. */
export interface OtherConnection {
  readonly key: string
  readonly priority: number
}

export interface PlanInput {
  readonly connection: Connection
  /** Whom the plan is about; absent = everybody. */
  readonly part?: Part
  readonly source: SourceSnapshot
  readonly target: TargetSnapshot
  readonly memory: Memory
  /** The last good read; absent before the first applied run. */
  readonly lastGood?: SourceReadSummary
  readonly ends: Ends
  /** Folded addresses the target makes no account for, and why; asked for those that an earlier draft called new. */
  readonly notCreatable?: ReadonlyMap<string, HoldReason>
  /** What accounts lead that an earlier draft lets leave, by account id; absent = nobody was asked. */
  readonly leads?: ReadonlyMap<string, readonly LedThing[]>
  /** Memberships the target refused for good a short while ago, by `kind:groupId:accountId`; absent = none. */
  readonly refused?: ReadonlySet<string>
  readonly trust: Trust
  /** The rules of the last good read, where they were others and can still be read. */
  readonly former?: Connection
  /** All other connections into this directory, from whatever source, also paused and failing ones (D4). */
  readonly others: readonly OtherConnection[]
  readonly now: Instant
  /** Hears why something stays as it is. */
  readonly trace?: Trace
}

export interface PlanDraft {
  readonly changes: readonly Change[]
  readonly guards: readonly GuardResult[]
  readonly workItems: readonly WorkItem[]
  readonly summary: PlanSummary
  /** Departures proven by this read (old ones keep their date) and keys that showed a sign of life. */
  readonly departures: readonly Departure[]
  readonly returned: readonly string[]
  /** Ids of decisions that have done what they were for. */
  readonly spent: readonly string[]
  /** The same of exceptions. */
  readonly spentExceptions: readonly string[]
  /** Addresses of people in scope for whom no account was found; some may exist unseen. */
  readonly unmatched: readonly string[]
  /** Of a plan for some people: what they need and only a plan for everybody may do, one sentence each. */
  readonly leftOut: readonly string[]
  /** Ids of accounts that stop working, or lose every product, by this plan. */
  readonly leaving: readonly string[]
  /** Source keys by the attribute that this read delivers for them; absent where no other connection could ask (D4). */
  readonly deliveries?: Readonly<Record<string, readonly string[]>>
  /** Numbers of this read, for the next one. */
  readonly read: SourceReadSummary
}
