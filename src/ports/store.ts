import type { AccessStore } from './access.ts'
import type { AccountListStore } from './account-lists.ts'
import type { AuditStore } from './audit.ts'
import type { ConfigurationStore, SettingKind } from './configuration.ts'
import type { DecisionStore } from './decisions.ts'
import type { DepartureStore } from './departures.ts'
import type { DirectoryStore } from './directories.ts'
import type { DirtyStore } from './dirty.ts'
import type { DriftStore } from './drift.ts'
import type { ExceptionStore } from './exceptions.ts'
import type { LeaseStore } from './leases.ts'
import type { LocalDirectory } from './local-directory.ts'
import type { NoticeStore } from './notices.ts'
import type { PauseStore } from './pauses.ts'
import type { PlanStore } from './plans.ts'
import type { PushStore } from './push-directory.ts'
import type { ReportStore } from './report.ts'
import type { RunStore } from './runs.ts'
import type { SecretStore } from './secrets.ts'
import type { SignInStore } from './sign-in.ts'
import type { SnapshotStore } from './snapshots.ts'
import type { WorkItemStore } from './work-items.ts'

/**
 * Everything that is remembered. One implementation for both stores. Every method is one transaction, none is held open
 * across a call to the outside. Throws `store-unavailable`, `disk-full`, `schema-newer`; what else is said per method.
 */
export interface Store {
  readonly configuration: ConfigurationStore
  /** Settings of the installation itself, with versions as those of connections have. */
  readonly settings: ConfigurationStore<SettingKind>
  readonly secrets: SecretStore
  readonly directories: DirectoryStore
  readonly departures: DepartureStore
  readonly snapshots: SnapshotStore
  readonly plans: PlanStore
  readonly report: ReportStore
  readonly runs: RunStore
  readonly leases: LeaseStore
  readonly pauses: PauseStore
  readonly workItems: WorkItemStore
  readonly decisions: DecisionStore
  readonly exceptions: ExceptionStore
  readonly accountLists: AccountListStore
  readonly drift: DriftStore
  readonly local: LocalDirectory
  readonly push: PushStore
  readonly dirty: DirtyStore
  readonly access: AccessStore
  readonly signIn: SignInStore
  readonly audit: AuditStore
  readonly notices: NoticeStore
  /** Made once, at the first start: a UUID that names this installation (D12). */
  readonly instanceId: string
  /** One round trip to the database. */
  ping(): Promise<void>
  close(): Promise<void>
}
