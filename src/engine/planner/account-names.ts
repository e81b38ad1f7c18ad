import { foldKey } from '../../domain/identity.ts'
import type { TargetSnapshot } from '../../domain/snapshot.ts'
import { type TextIndex, textIndex } from '../../platform/text-index.ts'

type AccountName = 'email' | 'userName' | 'externalId'

/** Positions of all accounts, of whatever kind, that have this name; ascending. */
export type AccountsNamed = (name: AccountName, value: string) => readonly number[]

/**
 * Finds accounts of the target by what identifies them: addresses and usernames as `foldKey` compares them, ids of the
 * source exactly. What nobody asks for is not indexed: where everybody is linked, nobody is looked for.
 */
export function accountsNamed({ accounts }: Pick<TargetSnapshot, 'accounts'>): AccountsNamed {
  const asCompared = (name: AccountName, value: string) => (name === 'externalId' ? value : foldKey(value))
  const indexes: Partial<Record<AccountName, TextIndex>> = {}
  const indexOf = (name: AccountName) =>
    textIndex(accounts.length, (position) => {
      const value = accounts[position]![name]
      return value === undefined ? undefined : asCompared(name, value)
    })
  return (name, value) => {
    indexes[name] ??= indexOf(name)
    return indexes[name](asCompared(name, value))
  }
}
