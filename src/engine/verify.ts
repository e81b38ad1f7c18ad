import { type AccessRole, isSameAccess } from '../domain/access.ts'
import type { TargetGroup } from '../domain/account.ts'
import { foldKey } from '../domain/identity.ts'
import { type LedThing, ledKey } from '../domain/lead.ts'
import type { Lesson } from '../domain/memory.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import type { AccountNow, AlsoAsked } from '../ports/target.ts'
import type { Execution } from './execution.ts'
import { unlearned } from './lessons.ts'
import { alsoFor, defaultSettleMs } from './recheck.ts'

const pageSize = 1000
/** Accounts that one call of `accountsNow` covers at most in any target; above this share a whole read is cheaper. */
const accountsPerCall = 10
const accountsPerPage = 100
/** Pauses between looks while a write settles. */
const lookPauseMs = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

/**
 * Proves what was written by reading it again (P18). What stays invisible after the target's settling time is `unproven`:
 * not green, and planned again by a later run. Can be called again after an interruption.
 */
export async function verify(run: Execution, accountsInTarget: number): Promise<void> {
  const settleMs = settleMsOf(run)
  const message = `The target accepted this and did not show it within ${Math.round(settleMs / 1000)} seconds. The next run looks again.`
  await prove(run, accountsInTarget, { settleMs, message, concerns: () => true })
}

/**
 * Proves what a run wrote that ended before it could look: its key was revoked, somebody stopped it. `sinceMs` = how long
 * ago that was; what had all its time to settle is looked at once.
 */
export async function verifyLater(run: Execution, accountsInTarget: number, sinceMs: number): Promise<void> {
  const settleMs = Math.max(0, settleMsOf(run) - sinceMs)
  const message =
    'The target accepted this, and the run ended before it was seen; later it was not so in the target. The next plan decides afresh.'
  await prove(run, accountsInTarget, { settleMs, message, concerns: () => true })
}

/**
 * Proves what was written to the groups of these accounts before they are switched off: some targets hide the groups of a
 * suspended account, and then nothing about them can be proven any more.
 */
export async function proveMemberships(run: Execution, accountIds: ReadonlySet<string>): Promise<void> {
  const isAboutThem = ({ groupId, accountId }: Written) => groupId !== undefined && accountIds.has(accountId ?? '')
  const message = `The target accepted this and did not show it before the account was ended.`
  const proof = { settleMs: settleMsOf(run), message, concerns: isAboutThem }
  await prove({ ...run, onProgress: async () => {} }, Number.POSITIVE_INFINITY, proof)
}

const settleMsOf = ({ target }: Execution): number => target.settleMs ?? defaultSettleMs

interface Proof {
  /** How long a write may take to be seen. */
  readonly settleMs: number
  /** What is said of a write that is not. */
  readonly message: string
  readonly concerns: (change: Written) => boolean
}

async function prove(run: Execution, accountsInTarget: number, { settleMs, message, concerns }: Proof): Promise<void> {
  const startedAt = run.clock.now()
  for (let look = 0; ; look += 1) {
    const open = (await unverified(run)).filter(concerns)
    if (open.length === 0) return
    const pauseMs = lookPauseMs[Math.min(look, lookPauseMs.length - 1)]!
    if (pauseMs > 0) await run.rest(Math.min(pauseMs, settleMs))
    const evidence = await gather(run, open, accountsInTarget)
    const now = run.clock.now()
    const proven = open.filter((change) => holds(change, evidence))
    const outcomes: OutcomeRecord[] = proven.map(({ seq }) => ({ seq, outcome: 'applied', verifiedAt: now }))
    const lessons = new Map<number, readonly Lesson[]>()
    if (now - startedAt >= settleMs || look >= 20) {
      const seen = new Set(proven)
      for (const change of open) {
        if (seen.has(change)) continue
        lessons.set(change.seq, unlearned(change, change.accountId))
        outcomes.push({ seq: change.seq, outcome: 'unproven', message })
      }
    }
    for (let at = 0; at < outcomes.length; at += pageSize) {
      const page = outcomes.slice(at, at + pageSize)
      const forget = page.flatMap(({ seq }) => lessons.get(seq) ?? [])
      await run.plans.record(run.planId, run.runId, run.fence, page, forget)
      await run.onProgress(Math.min(pageSize, outcomes.length - at))
    }
  }
}

/** A written change whose object ids are known. */
interface Written extends ChangeRecord {
  readonly accountId?: string
  readonly groupId?: string
}

async function unverified(run: Execution): Promise<Written[]> {
  const all: Written[] = []
  for (let after = 0; ; ) {
    const page = await run.plans.unverified(run.planId, after, pageSize)
    const last = page.at(-1)
    if (last === undefined) return all
    after = last.seq
    const references = new Set<number>()
    for (const { account, group } of page) {
      for (const ref of [account, group]) if (ref !== undefined && 'createdBy' in ref) references.add(ref.createdBy)
    }
    const made = new Map((await run.plans.bySeq(run.planId, [...references])).map((each) => [each.seq, each.createdId]))
    for (const change of page) {
      const idOf = (ref: ChangeRecord['account']) =>
        ref === undefined ? undefined : 'id' in ref ? ref.id : made.get(ref.createdBy)
      const accountId = change.kind === 'account.create' ? change.createdId : idOf(change.account)
      const groupId = change.kind === 'group.create' ? change.createdId : idOf(change.group)
      all.push({
        ...change,
        ...(accountId === undefined ? {} : { accountId }),
        ...(groupId === undefined ? {} : { groupId }),
      })
    }
  }
}

interface Evidence {
  readonly accounts: ReadonlyMap<string, AccountNow>
  readonly groups: ReadonlyMap<string, TargetGroup>
  /** Leads by `ledKey`. */
  readonly leads: ReadonlyMap<string, string | null>
}

async function gather(run: Execution, open: readonly Written[], accountsInTarget: number): Promise<Evidence> {
  const ids = new Set<string>()
  const groupNames = new Set<string>()
  const things: LedThing[] = []
  for (const change of open) {
    if (change.lead !== undefined) things.push(change.lead)
    else if (change.accountId !== undefined) ids.add(change.accountId)
    else if (change.groupLabel !== undefined) groupNames.add(change.groupLabel)
  }
  const leads = things.length === 0 ? undefined : await run.target.leadsNow?.(things, run.signal)
  const groups: ReadonlyMap<string, TargetGroup> =
    groupNames.size === 0 ? new Map() : await run.target.groupsByName([...groupNames], run.signal)
  const wholeReadIsCheaper =
    run.target.membershipsComeWith === 'users' &&
    ids.size / accountsPerCall > (accountsInTarget + ids.size) / accountsPerPage
  const listed = wholeReadIsCheaper ? await sweep(run, ids) : new Map<string, AccountNow>()
  const evidence = {
    accounts: listed,
    groups: new Map(Array.from(groups.values(), (group) => [group.id, group])),
    leads: leads ?? new Map(),
  }
  // A read of everybody may lack access and custom attributes: these accounts are looked at by themselves.
  const unseen = open.filter((change) => isSeenOnlyAlone(change) && !holds(change, evidence))
  const alone = new Set(unseen.map(({ accountId }) => accountId!))
  const plain = wholeReadIsCheaper ? [] : [...ids].filter((id) => !alone.has(id))
  const looks = [
    await run.target.accountsNow(plain, run.signal),
    await run.target.accountsNow([...alone], run.signal, alsoForAll(unseen)),
  ]
  return { ...evidence, accounts: new Map([...listed, ...looks.flatMap((look) => [...look])]) }
}

function isSeenOnlyAlone({ kind, accountId }: Written): boolean {
  return accountId !== undefined && alsoFor(kind).length > 0
}

function alsoForAll(changes: readonly Written[]): readonly AlsoAsked[] {
  return [...new Set(changes.flatMap(({ kind }) => alsoFor(kind)))]
}

/** Reads every account once and keeps those asked for. */
async function sweep(run: Execution, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, AccountNow>> {
  const found = new Map<string, AccountNow>()
  for await (const page of run.target.users(run.signal)) {
    for (const account of page.items) {
      if (!ids.has(account.id)) continue
      const groups = account.memberOf === undefined ? {} : { groupIds: new Set(account.memberOf) }
      found.set(account.id, { account, ...groups })
    }
  }
  return found
}

function holds(change: Written, { accounts, groups, leads }: Evidence): boolean {
  if (change.kind === 'group.create') return groups.has(change.groupId ?? '')
  if (change.lead !== undefined) return leads.get(ledKey(change.lead)) === change.lead.to.id
  if (change.access !== undefined && change.accountId === undefined) {
    const access = groups.get(change.groupId ?? '')?.grantsAccess
    return access !== undefined && includes(access, change.access) === (change.kind === 'access.grant')
  }
  const now = change.accountId === undefined ? undefined : accounts.get(change.accountId)
  if (change.kind === 'account.delete') return now === undefined || now.account.toBeDeleted === true
  if (now === undefined) return false
  switch (change.kind) {
    case 'account.create':
      return true
    case 'account.deactivate':
      return now.account.state !== 'active'
    case 'account.activate':
      return now.account.state === 'active'
    case 'account.disable':
      return now.account.state === 'disabled'
    case 'account.enable':
      return now.account.state !== 'disabled'
    case 'account.update':
      return Object.entries(change.after ?? {}).every(([name, value]) => {
        const actual =
          name === 'email'
            ? now.account.email
            : name === 'displayName'
              ? now.account.displayName
              : name === 'userName'
                ? now.account.userName
                : now.account.attributes?.[name]
        return foldKey(String(actual ?? '')) === foldKey(String(value ?? ''))
      })
    case 'access.grant':
      return includes(now.account.access, change.access!) || includes(now.groupAccess, change.access!)
    case 'access.revoke':
      return now.account.access !== undefined && !includes(now.account.access, change.access!)
    case 'custom.update':
      return Object.entries(change.after ?? {}).every(
        ([id, value]) => JSON.stringify(now.account.custom?.[id] ?? null) === JSON.stringify(value),
      )
    case 'membership.add':
      return now.groupIds?.has(change.groupId ?? '') === true
    case 'membership.remove':
      return now.groupIds?.has(change.groupId ?? '') === false
    default:
      return true
  }
}

function includes(list: readonly AccessRole[] = [], wanted: AccessRole): boolean {
  return list.some((each) => isSameAccess(each, wanted))
}
