import type { Clock } from '../../platform/clock.ts'
import type { TargetSeed } from '../atlassian/seed/facts.ts'
import type { CompanyDirectory } from '../company/directory.ts'
import type { Operation } from '../server/call.ts'
import type { VariantChoices, VariantTable } from '../server/variants.ts'
import type { Edit } from './edit.ts'
import type { Logins } from './logins.ts'
import type { DirectoryStore } from './store.ts'
import type { StateSummary } from './summary.ts'
import type { LongTasks } from './tasks.ts'
import type { Version } from './version.ts'

/** What the operations of one product work on. */
export interface ProductTwin<Table extends VariantTable = VariantTable> {
  readonly store: DirectoryStore
  readonly logins: Logins
  readonly tasks: LongTasks
  readonly variants: VariantChoices<Table>
  readonly version: Version
  /** Base URL with the context path, known once the server listens. */
  url: string
}

/** From what a twin is made. */
export interface Ground {
  readonly clock: Clock
  readonly version: Version
  readonly chosen: Readonly<Record<string, string>>
  readonly company: CompanyDirectory
  readonly target: TargetSeed
}

/** A twin as it was made, with what only this product has. */
export interface BuiltProduct {
  readonly twin: ProductTwin
  readonly operations: readonly Operation[]
  /** Secrets of the sandbox, worth nothing elsewhere. */
  readonly credentials: Readonly<Record<string, string>>
  /** Further changes by hand; false = the product knows no such edit. */
  editMore?(change: Readonly<Record<string, unknown>>): boolean
  /** Further parts of the truth. */
  more?(): StateSummary['more']
}

/** One of the products the sandbox can play. */
export interface Product {
  /** As on the command line, e.g. `jira-dc`. */
  readonly name: string
  readonly title: string
  /** Below which the product is served: clients must keep it. */
  readonly contextPath: string
  /** The one played unless told. */
  readonly version: string
  /** What differs by version, for people who choose one. */
  readonly versions: string
  readonly variants: VariantTable
  build(ground: Ground): BuiltProduct
}

export type AnyEdit = Edit | (Readonly<Record<string, unknown>> & { readonly action: string })
