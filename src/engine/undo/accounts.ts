import { grantRuleOf } from '../../domain/change.ts'
import type { AttributeValue } from '../../domain/identity.ts'
import { foldKey } from '../../domain/identity.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import { linkedRule } from '../lessons.ts'
import { accessKey } from '../planner/access/holders.ts'
import { exceptionsOf } from '../planner/exceptions.ts'
import { writability } from '../planner/people-book.ts'
import { attributeOf } from '../planner/values.ts'
import { undoCustom } from './custom.ts'
import { type Found, stateFor, type UndoScene, wasOurs } from './scene.ts'

type Account = UndoScene['input']['target']['accounts'][number]
type Inverse = (scene: UndoScene, record: ChangeRecord, who: Found<Account>) => void

/** By the kind of change that is taken back. */
const inverses: Readonly<Partial<Record<ChangeRecord['kind'], Inverse>>> = {
  'account.create': undoCreation,
  'account.activate': (scene, record, who) => switchOff(scene, record, who, 'account.deactivate'),
  'account.enable': (scene, record, who) => switchOff(scene, record, who, 'account.disable'),
  'account.deactivate': (scene, record, who) => switchOn(scene, record, who, 'account.activate'),
  'account.disable': (scene, record, who) => switchOn(scene, record, who, 'account.enable'),
  'account.delete': (scene, record) => scene.kept.keep('deleted', 'account', scene.label(record)),
  'account.update': setBack,
  'custom.update': undoCustom,
}

/** Takes back creations, states and values of accounts. */
export function undoAccounts(scene: UndoScene): void {
  const { kept, label, protection } = scene
  for (const record of scene.input.records) {
    const inverse = inverses[record.kind]
    if (inverse === undefined) continue
    // What was so already is nothing that the run did.
    if (!wasOurs(record)) {
      if (record.kind !== 'account.create') kept.keep('not-ours', 'account', label(record))
      continue
    }
    const who = scene.account(record)
    if (who === undefined) kept.keep('gone', 'account', label(record))
    else if (who.now.kind !== 'person' || protection.untouchable.has(who.position)) {
      kept.keep('protected', 'account', label(record))
    } else inverse(scene, record, who)
  }
}

/** Accounts are never deleted by an undo: deactivating is reversible. */
function undoCreation(scene: UndoScene, record: ChangeRecord, who: Found<Account>): void {
  scene.kept.keep('account-created', 'account', scene.label(record))
  switchOff(scene, record, who, 'account.deactivate')
}

function switchOff(
  scene: UndoScene,
  record: ChangeRecord,
  { now }: Found<Account>,
  kind: 'account.deactivate' | 'account.disable',
): void {
  const { kept, label } = scene
  if (now.state !== 'active') return kept.keep('already-so', 'account', label(record))
  if (scene.keyOf.get(now.id) !== record.person?.key) return kept.keep('not-ours', 'account', label(record))
  if (scene.vouchers.others.has(now.id)) return kept.keep('granted-elsewhere', 'account', label(record))
  if (exceptionsOf(scene.input).keepsActive(now.id) !== undefined) return kept.keep('decided', 'account', label(record))
  const draft = scene.draft(record, kind, writability(scene.input, kind, now))
  scene.deactivations.set(now.id, draft)
}

/** Lifts only a suspension, or switching off, that we made and that still stands (D8). */
function switchOn(
  scene: UndoScene,
  record: ChangeRecord,
  { now }: Found<Account>,
  kind: 'account.activate' | 'account.enable',
): void {
  const { kept, label, input } = scene
  if (now.state === 'active') return kept.keep('already-so', 'account', label(record))
  const state = kind === 'account.activate' ? 'suspended' : 'disabled'
  const ours = input.memory.deactivations.some(
    ({ accountId, connection, how }) => accountId === now.id && connection === input.connection.key && how === state,
  )
  if (!ours || now.state !== state) return kept.keep('not-ours', 'account', label(record))
  const draft = scene.draft(record, kind, writability(input, kind, now))
  scene.activations.set(now.id, draft)
}

/** Sets back each value that still is the one the run wrote. */
function setBack(scene: UndoScene, record: ChangeRecord, { now }: Found<Account>): void {
  const { kept, label, input } = scene
  const rules = new Map(input.ends.writableAttributes.map((attribute) => [attribute.name, attribute]))
  const before: Record<string, AttributeValue> = {}
  const after: Record<string, AttributeValue> = {}
  let moved = false
  for (const [name, written] of Object.entries(record.after ?? {})) {
    const was = record.before?.[name]
    const live = attributeOf(now, name)
    const rule = rules.get(name)
    if (was !== undefined && live !== undefined && isSame(name, live, was)) continue
    const canBeSet = rule?.when === 'always' && !(rule.required && (was === null || was === ''))
    if (was === undefined || live === undefined || !isSame(name, live, written) || !canBeSet) moved = true
    else {
      before[name] = live
      after[name] = was
    }
  }
  if (moved) kept.keep('moved', 'account', label(record))
  if (Object.keys(after).length > 0) {
    scene.draft(record, 'account.update', { ...writability(input, 'account.update', now, after), before, after })
  } else if (!moved) kept.keep('already-so', 'account', label(record))
}

function isSame(name: string, live: string | null, value: AttributeValue): boolean {
  const text = value === null || typeof value === 'string' ? value : (value[0] ?? null)
  const folds = name === 'email' || name === 'userName'
  return folds ? foldKey(live ?? '') === foldKey(text ?? '') : (live ?? '') === (text ?? '')
}

/** Takes back links that the run made to existing accounts, when nothing that stays rests on them. After memberships. */
export function undoLinks(scene: UndoScene): void {
  const { kept, label, input } = scene
  const links = input.memory.links.filter(({ source }) => source === input.connection.source)
  const accountOf = new Map(links.map(({ sourceKey, accountId }) => [sourceKey, accountId]))
  const rests = restsOnLink(scene)
  // A link goes last, when everything else about its account came true.
  const draftsOf = Map.groupBy(scene.drafts, ({ account }) =>
    account !== undefined && 'id' in account ? account.id : undefined,
  )
  for (const record of input.records) {
    const { kind } = record
    const isFound = kind === 'account.create' && !wasOurs(record)
    if (kind !== 'account.adopt' && kind !== 'account.release' && !isFound) continue
    const who = scene.account(record)
    const key = record.person?.key
    if (who === undefined || key === undefined) {
      kept.keep('gone', 'link', label(record))
      continue
    }
    if (kind === 'account.release') {
      const isFree = !accountOf.has(key) && !scene.keyOf.has(who.now.id)
      const isLinked = accountOf.get(key) === who.now.id
      // The account comes back to this connection together with its activation.
      const isOurs = scene.vouchers.ours.has(who.now.id) || scene.activations.has(who.now.id)
      if (isFree || (isLinked && !isOurs)) scene.draft(record, 'account.adopt', stateFor(undefined))
      else kept.keep(isLinked ? 'already-so' : 'not-ours', 'link', label(record))
    } else if (accountOf.get(key) !== who.now.id) kept.keep('already-so', 'link', label(record))
    else if (rests(who.now.id)) kept.keep('link-in-use', 'link', label(record))
    else {
      const part = { ...stateFor(undefined), waitsFor: draftsOf.get(who.now.id) ?? [] }
      scene.draft(record, 'account.release', part, record.reason === 'linked-already' ? linkedRule : undefined)
    }
  }
}

/** True for accounts that keep a grant, or a deactivation of ours, when this undo is done. */
function restsOnLink({ input, drafts, deactivations, activations }: UndoScene): (accountId: string) => boolean {
  const pair = (group: string, account: string) => `${group}\n${account}`
  const ends = new Set<string>()
  const begins = new Set<string>()
  for (const draft of drafts) {
    const { kind, account, group, access } = draft
    if (account === undefined || !('id' in account)) continue
    const what = access !== undefined ? accessKey(access) : group !== undefined && 'id' in group ? group.id : undefined
    if (what === undefined) continue
    if (/\.(remove|release|revoke)$/.test(kind)) ends.add(pair(what, account.id))
    else if (grantRuleOf(draft) !== undefined) begins.add(account.id)
  }
  const granted = new Set<string>()
  for (const { connection, groupId, accountIds } of input.memory.grants) {
    if (connection !== input.connection.key) continue
    for (const accountId of accountIds) if (!ends.has(pair(groupId, accountId))) granted.add(accountId)
  }
  for (const row of input.memory.access) {
    if (row.connection !== input.connection.key) continue
    for (const accountId of row.accountIds) if (!ends.has(pair(accessKey(row), accountId))) granted.add(accountId)
  }
  const deactivated = new Set(
    input.memory.deactivations.map(({ accountId }) => accountId).filter((id) => !activations.has(id)),
  )
  return (id) => granted.has(id) || begins.has(id) || deactivated.has(id) || deactivations.has(id)
}
