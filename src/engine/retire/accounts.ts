import { endsAccount } from '../../domain/change.ts'
import { retirementRule } from '../../domain/retirement.ts'
import { accountVouchers } from '../planner/ledger.ts'
import { writability } from '../planner/people-book.ts'
import { accountLabel } from '../planner/values.ts'
import type { KeptReason } from './kept.ts'
import type { RetirementScene, Who } from './scene.ts'

const endings = { deactivate: 'account.deactivate', 'disable-account': 'account.disable' } as const

/**
 * Lets go of every account this connection vouches for, and ends those it made, if a person asked for it: nobody else may
 * vouch for them, and nothing may be led by them, because without the source nobody knows who takes over.
 */
export function retireAccounts(scene: RetirementScene): void {
  const { input, kept } = scene
  const { ours, others } = accountVouchers(input)
  const made = new Set(
    input.memory.links.flatMap(({ source, accountId, how }) =>
      source === input.connection.source && how === 'created' ? [accountId] : [],
    ),
  )
  for (const accountId of ours) {
    const who = scene.account(accountId)
    if (who === undefined) {
      kept.keep(input.target.accountsComplete ? 'gone' : 'unproven', 'account', accountId)
      continue
    }
    const isMade = made.has(accountId)
    const reason = keeps(scene, who, isMade, others.has(accountId))
    if (reason !== undefined) {
      // That accounts which were there before stay is expected where accounts stay anyway.
      if (input.choice.accounts !== 'nothing' || reason === 'active')
        kept.keep(reason, 'account', accountLabel(who.now))
    } else if (end(scene, who)) continue
    scene.draft('account.release', who, retirementRule)
  }
}

/** Why an account stays as it is. */
function keeps({ input }: RetirementScene, who: Who, isMade: boolean, isVouchedFor: boolean): KeptReason | undefined {
  const { choice, leads } = input
  if (who.now.state !== 'active') return 'already-so'
  if (isVouchedFor) return 'granted-elsewhere'
  if (!isMade && !choice.adopted) return 'adopted'
  if (who.isUntouchable) return 'protected'
  if (choice.accounts === 'nothing') return isMade ? 'active' : 'adopted'
  return (leads?.get(who.now.id)?.length ?? 0) > 0 ? 'leads' : undefined
}

/** False when the target would refuse it: then it is shown, and the account is let go of nevertheless. */
function end(scene: RetirementScene, who: Who): boolean {
  const { accounts } = scene.input.choice
  if (accounts === 'nothing') return false
  const kind = endings[accounts]
  const { state } = scene.draft(kind, who, retirementRule, writability(scene.input, kind, who.now))
  return state !== 'blocked'
}

/** Ids of accounts that stop working by this plan. */
export function accountsEnded({ drafts }: RetirementScene): readonly string[] {
  return drafts.flatMap(({ kind, state, account }) =>
    endsAccount(kind) && state !== 'blocked' && account !== undefined && 'id' in account ? [account.id] : [],
  )
}
