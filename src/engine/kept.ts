type Thing = 'account' | 'group' | 'membership' | 'link' | 'access' | 'lead'

/** One sentence for each reason; it is given its subject with the verb: `3 accounts are`. */
type Sentences<Reason extends string> = Readonly<Record<Reason, (subject: string) => string>>

/** What a plan that takes something back leaves as it is. Shown as notices, each with its count and a few names. */
export interface Kept<Reason extends string> {
  keep(reason: Reason, thing: Thing, label: string): void
  /** How many things are kept for this reason. */
  count(reason: Reason, thing: Thing): number
  /** In the order of the sentences. */
  notices(): readonly string[]
}

const namesShown = 5

/** Collects what is kept; equal labels count once. */
export function keptThings<Reason extends string>(sentences: Sentences<Reason>): Kept<Reason> {
  const lists = new Map<string, { reason: Reason; thing: Thing; labels: Set<string> }>()
  return {
    keep(reason, thing, label) {
      const key = `${reason} ${thing}`
      const list = lists.get(key) ?? { reason, thing, labels: new Set() }
      list.labels.add(label)
      lists.set(key, list)
    },
    count: (reason, thing) => lists.get(`${reason} ${thing}`)?.labels.size ?? 0,
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
