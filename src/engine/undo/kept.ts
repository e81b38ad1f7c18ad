/** What an undo leaves as it is, by the reason why. Shown as notices, each with its count and a few names. */
const sentences = {
  'group-created': (n: string) =>
    `${n} created by the run and kept: groups are never deleted by Muster. Delete what is not wanted in the target`,
  'group-managed': (n: string) =>
    `${n} still filled from the source: the rules of the connection decide that, an undo does not`,
  deleted: (n: string) => `${n} deleted by the run, which cannot be taken back from here`,
  'account-created': (n: string) =>
    `${n} created by the run; accounts are not deleted but deactivated, which is reversible`,
  'already-so': (n: string) => `${n} already as before the run`,
  gone: (n: string) => `${n} no longer in the target, or on accounts or groups that are not`,
  'not-ours': (n: string) => `${n} no longer ours to take back: somebody else or a later run changed it since`,
  moved: (n: string) => `${n} with values that changed since, or that cannot be set back`,
  protected: (n: string) => `${n} kept: the group is protected, or the account is one that no change ever touches`,
  frozen: (n: string) => `${n} kept: the person is leaving and the memberships are frozen until the first stage is due`,
  suspended: (n: string) => `${n} kept on accounts that this undo deactivates, and looked at again when they return`,
  inactive: (n: string) => `${n} not given back: the account is not active`,
  'granted-elsewhere': (n: string) => `${n} kept: another connection or source vouches for it`,
  'link-in-use': (n: string) => `${n} kept: something that stays rests on the link`,
} as const

export type KeptReason = keyof typeof sentences

type Thing = 'account' | 'group' | 'membership' | 'link' | 'access' | 'lead'

export interface Kept {
  keep(reason: KeptReason, thing: Thing, label: string): void
  notices(): readonly string[]
}

const namesShown = 5

/** Collects what is kept; equal labels count once. */
export function keptThings(): Kept {
  const lists = new Map<string, { reason: KeptReason; thing: Thing; labels: Set<string> }>()
  return {
    keep(reason, thing, label) {
      const key = `${reason} ${thing}`
      const list = lists.get(key) ?? { reason, thing, labels: new Set() }
      list.labels.add(label)
      lists.set(key, list)
    },
    notices() {
      const order = Object.keys(sentences)
      return [...lists.values()]
        .sort((a, b) => order.indexOf(a.reason) - order.indexOf(b.reason) || (a.thing < b.thing ? -1 : 1))
        .map(({ reason, thing, labels }) => {
          const n = labels.size
          const names = [...labels].sort()
          const more = n > namesShown ? `, and ${n - namesShown} more` : ''
          const [one, many] = thing === 'access' ? ['grant of access', 'grants of access'] : [thing, `${thing}s`]
          const subject = n === 1 ? `1 ${one} is` : `${n} ${many} are`
          return `${sentences[reason](subject)}: ${names.slice(0, namesShown).join(', ')}${more}.`
        })
    },
  }
}
