import type { WriteKind } from '../../domain/change.ts'
import type { CheckTable } from '../../ports/readable.ts'

/** How a product carries out a kind of write, or why it does not: goes into operations, doctor and documents alike. */
export type Ability = { readonly by: string; readonly calls: string } | { readonly why: string }
export type Abilities = Readonly<Record<WriteKind, Ability>>

const words: Readonly<Record<WriteKind, string>> = {
  'account.create': 'create accounts',
  'account.update': 'change accounts',
  'account.deactivate': 'deactivate',
  'account.activate': 'reactivate',
  'account.disable': 'switch whole accounts off',
  'account.enable': 'switch whole accounts on',
  'account.delete': 'delete accounts',
  'group.create': 'create groups',
  'membership.add': 'add to groups',
  'membership.remove': 'take out of groups',
  'access.grant': 'give roles in products',
  'access.revoke': 'take roles in products away',
  'custom.update': 'write custom attributes',
  'lead.handover': 'hand over project and component leads',
}

/** How many calls it takes; `-` where there is no call for it. */
export function callsOf(ability: Ability): string {
  return 'why' in ability ? '-' : ability.calls
}

/** The kinds the product has no call for, and why. */
export function lacking(abilities: Abilities): Readonly<Partial<Record<WriteKind, string>>> {
  return Object.fromEntries(
    Object.entries(abilities).flatMap(([kind, ability]) => ('why' in ability ? [[kind, ability.why]] : [])),
  )
}

/** `here`: kinds that are not possible with this server, and why. */
export function abilityTable(
  abilities: Abilities,
  here: Readonly<Partial<Record<WriteKind, string>>> = {},
): CheckTable {
  return {
    columns: ['operation', 'possible', 'calls', 'how, or why not'],
    rows: (Object.keys(words) as WriteKind[]).map((kind) => {
      const ability = abilities[kind]
      const why = 'why' in ability ? ability.why : here[kind]
      if (why !== undefined || 'why' in ability) return [words[kind], 'no', '-', why ?? '']
      return [words[kind], 'yes', ability.calls, ability.by]
    }),
  }
}

/** What each of several kinds of target carries out, with its calls; and why not, where it does not. */
export function abilityMatrix(
  all: Readonly<Record<string, Abilities>>,
): CheckTable & { readonly whyNot: readonly (readonly [target: string, operation: string, why: string])[] } {
  const targets = Object.keys(all)
  const kinds = Object.keys(words) as WriteKind[]
  return {
    columns: ['operation', ...targets],
    rows: kinds.map((kind) => [words[kind], ...targets.map((target) => callsOf(all[target]![kind]))]),
    whyNot: targets.flatMap((target) =>
      kinds.flatMap((kind) => {
        const ability = all[target]![kind]
        return 'why' in ability ? [[target, words[kind], ability.why] as const] : []
      }),
    ),
  }
}

export function inWords(kinds: readonly string[]): string {
  return kinds.map((kind) => words[kind as WriteKind]).join(', ')
}
