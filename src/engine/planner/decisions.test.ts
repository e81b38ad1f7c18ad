import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { applied, day, inputOf, lines, openGuards, type World, world } from '../../../test/support/world.ts'
import type { Exception } from '../../domain/exception.ts'
import { withCauses } from './causes.ts'
import table from './decisions.cases.json' with { type: 'json' }
import type { Ends, PlanDraft } from './input.ts'
import { makePlan } from './planner.ts'

// The table says what semantics.md and design.md ask for, decision by decision; it goes on in the files of `cases/`, each
// with worlds of its own beside the shared ones. Each case starts from one of the named worlds and replaces whole parts
// of it. Shorthands, so that a case stays a few lines:
//   "p1..40"       in a key or a list: p1 to p40; in the values beside it `#` is the number
//   "{case word}"  in a name: the word in its #-th spelling of capitals and small letters
//   links          a list of names, each linked to the account of that name
//   vouchers       who vouches for an account: "ann": "staff+partners"; "" = nobody; everybody linked by their own unless given
//   written        what was written last, "attribute/account": "connection:value"
//   custom         custom attributes as written last, "id/account": "connection:value"
//   grants         "GROUP/account": "staff" (by name), "staff:groups.defaultsForNew", "staff+partners"
//   accessGrants   "jira/account" or "jira:guest/account": "staff" (by `users.access[0]`), "staff+partners"
//   groupLinks     "source group": "GROUP" (by name), "source group byTable:name": "GROUP"
//                  "GROUP (from -> to)": with what both were called when they were linked
//   decided        "person ann" or "group dev": ["none A1", "take", "ignore byName"]; their ids are 1, 2, … in this order
//   excepted       what people decided beside the rules: "keep membership-foreign zoe DEV", "keep value-changed ann title",
//                  "link person-linked ann A2"; with "@partners" at the end by that connection; their ids are 1, 2, …
//   gone           person: [signal, days since it was first proven]
//   limits         guards that differ from wide open ones; `rules.guards` replaces them all, {} = the product's defaults
//   null           an account's value that the target does not show; `byName: null` = no rule by name
interface Case {
  readonly name: string
  readonly decision: string
  readonly from?: string
  readonly world?: Part
  readonly limits?: object
  readonly ends?: Partial<Ends>
  readonly expect: Expected
}

interface Expected {
  /** All changes, in any order. */
  readonly lines?: readonly string[]
  /** All changes, in the order of execution. */
  readonly inOrder?: readonly string[]
  /** How many changes there are by kind and state, instead of naming them. */
  readonly counts?: object
  /** Work items as `reason subject`; none unless given. */
  readonly items?: readonly string[]
  /** Guards that tripped, with what they are about; none unless given. */
  readonly guards?: readonly string[]
  /** Guards as `guard measured/limit`, tripped or not; those named must be there. */
  readonly measured?: readonly string[]
  /** Parts of notices that must be there. */
  readonly notices?: readonly string[]
  /** Departures proven by this read as `person signal days`. */
  readonly departures?: readonly string[]
  readonly returned?: readonly string[]
  /** Changes that only the changed rules ask for. */
  readonly causes?: readonly string[]
  /** What can be decided, by `reason subject`: `link A1`. */
  readonly choices?: Readonly<Record<string, readonly string[]>>
  /** Ids of decisions that have done what they were for. */
  readonly spent?: readonly string[]
  /** The same of what was decided beside the rules; unless given, none. */
  readonly spentExceptions?: readonly string[]
  /** Parts of the messages of work items that must be there. */
  readonly asks?: readonly string[]
  /** People by attribute that the read delivers for them, as far as another connection could ask. */
  readonly deliveries?: Readonly<Record<string, readonly string[]>>
  /** The reasons that occur, each once. */
  readonly reasons?: readonly string[]
  /** `reason rule` of a change, by its line. */
  readonly because?: Readonly<Record<string, string>>
  /** Values after the change, by `kind account`. */
  readonly values?: Readonly<Record<string, object>>
  /** How many people have a value, by attribute of the source. */
  readonly filled?: object
  /** Licence seats and mails, as the summary of the plan has them. */
  readonly seats?: object
  readonly mails?: number
  /** What is planned once every ready change was applied. */
  readonly again?: readonly string[]
  /** The settings cannot be saved, and the message says this. */
  readonly refused?: string
}

type Part = Record<string, unknown>

interface Table {
  readonly worlds?: Record<string, Part>
  readonly cases: readonly Case[]
}

const folder = new URL('./cases/', import.meta.url)
const tables = [
  table as unknown as Table,
  ...readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Table),
]
const worlds: Record<string, Part> = Object.assign({}, ...tables.map((each) => each.worlds))

const range = /^(.*?)(\d+)\.\.(\d+)(.*)$/

function spelled(word: string, number: number): string {
  return [...word].map((letter, index) => ((number >> index) & 1 ? letter.toUpperCase() : letter)).join('')
}

/** Writes `number` into a value that stands beside a range. */
function numbered(value: unknown, number: number): unknown {
  if (typeof value === 'string') {
    return value.replace(/\{case (\w+)\}/, (_, word: string) => spelled(word, number)).replaceAll('#', String(number))
  }
  if (Array.isArray(value)) return value.map((each) => numbered(each, number))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, numbered(each, number)]))
}

function expandText(text: string): string[] {
  const [, before, first, last, after] = range.exec(text) ?? []
  if (first === undefined) return [text]
  const from = Number(first)
  return Array.from({ length: Number(last) - from + 1 }, (_, index) => `${before}${from + index}${after}`)
}

function expand(value: unknown): unknown {
  if (Array.isArray(value))
    return value.flatMap((each) => (typeof each === 'string' ? expandText(each) : [expand(each)]))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
      const first = Number(range.exec(key)?.[2] ?? 0)
      const keys = expandText(key)
      if (!range.test(key)) return [[key, expand(each)]]
      return keys.map((name, index): [string, unknown] => [name, expand(numbered(each, first + index))])
    }),
  )
}

const entries = (part: unknown) => Object.entries((part ?? {}) as Part)

function worldOf(each: Case): World {
  const { rules = {}, ...rest } = { ...worlds[each.from ?? 'nothing'], ...each.world }
  const {
    links,
    grants,
    accessGrants,
    groupLinks,
    gone,
    decided,
    accounts,
    vouchers,
    written,
    custom,
    excepted = [],
    ...part
  } = expand(rest) as Part
  const { groups, ...otherRules } = rules as Part
  const { byName, ...otherGroups } = (groups ?? {}) as Part
  const now = world({}).now
  return world({
    ...part,
    ...(part.lastGood === null ? { lastGood: undefined } : {}),
    ...(part.products === null ? { products: undefined } : {}),
    accounts: Object.fromEntries(
      entries(accounts).map(([id, account]) => [
        id,
        Object.fromEntries(entries(account).map(([name, value]) => [name, value ?? undefined])),
      ]),
    ),
    ...(vouchers === undefined
      ? {}
      : {
          vouchers: Object.fromEntries(
            entries(vouchers).map(([id, by]) => [id, String(by).split('+').filter(Boolean)]),
          ),
        }),
    written: valuesOf(written),
    custom: valuesOf(custom),
    links: Array.isArray(links) ? Object.fromEntries(links.map((name) => [name, name])) : (links ?? {}),
    grants: grantsOf(grants, 'groups.byName'),
    accessGrants: grantsOf(accessGrants, 'users.access[0]'),
    groupLinks: entries(groupLinks).map(([key, groupId]) => {
      const [, groupKey = key, rule = 'byName'] = /^(.*?) (byTable:.*)$/.exec(key) ?? []
      const [, id = String(groupId), sourceName, name] = /^(\S+) \((.*) -> (.*)\)$/.exec(String(groupId)) ?? []
      const names = sourceName === undefined || name === undefined ? {} : { sourceName, name }
      return { source: 'hr', groupKey, rule, groupId: id, ...names }
    }),
    decisions: entries(decided)
      .flatMap(([subject, list]) => {
        const [of = '', key = ''] = subject.split(' ')
        return (list as string[]).map((text) => {
          const [decision = '', object = ''] = text.split(' ')
          const rule = of === 'group' ? { rule: object === '' ? 'byName' : object } : {}
          const account = of === 'person' && object !== '' ? { objectId: object } : {}
          return { id: '', subject: { of, source: 'hr', key, ...rule }, decision, ...account }
        })
      })
      .map((each, index) => ({ ...each, id: String(index + 1) })),
    exceptions: (excepted as string[]).map(exceptionOf),
    departures: entries(gone).map(([sourceKey, since]) => {
      const [signal, days] = since as ['left-source', number]
      return { sourceKey, signal, firstProvenAt: now - days * day }
    }),
    rules: {
      ...otherRules,
      groups: { ...otherGroups, ...(byName === undefined ? {} : { byName: byName ?? undefined }) },
      ...(each.limits === undefined ? {} : { guards: { ...openGuards, ...each.limits } }),
    },
  } as Partial<World>)
}

/** `"keep membership-foreign zoe DEV @partners"` as what somebody decided. */
function exceptionOf(text: string, index: number): Exception {
  const [, said = '', connection = 'staff'] = /^(.*?)(?: @(\S+))?$/.exec(text) ?? []
  const [decision, kind, first = '', second = ''] = said.split(' ')
  const about =
    kind === 'person-linked'
      ? { personKey: first, accountId: second }
      : {
          accountId: first,
          ...(second === '' ? {} : kind === 'value-changed' ? { attribute: second } : { groupId: second }),
        }
  const id = String(index + 1)
  return { id, connection, decision, kind, ...about, decidedBy: 'user:eva', decidedAt: 0 } as Exception
}

/** `"staff:value"` by key, as who wrote what. */
function valuesOf(part: unknown): World['custom'] {
  return Object.fromEntries(
    entries(part).map(([key, text]) => {
      const [, connection = '', value = ''] = /^(.*?):(.*)$/.exec(String(text)) ?? []
      return [key, { connection, value }]
    }),
  )
}

/** `"staff+partners:some.rule"` by key, as grants of the ledger. */
function grantsOf(part: unknown, usual: string): World['grants'] {
  return Object.fromEntries(
    entries(part).map(([key, by]) => [
      key,
      String(by)
        .split('+')
        .map((one) => one.split(/:(.*)/s))
        .map(([connection = '', rule = usual]) => ({ connection, rule })),
    ]),
  )
}

const planned = (each: Case, w: World): PlanDraft => {
  const input = inputOf(w)
  const whole = { ...input, ends: { ...input.ends, ...each.ends } }
  return withCauses(whole, makePlan(whole))
}

const sorted = (texts: Iterable<string>) => [...texts].sort()
const wanted = (texts: readonly string[]) => sorted(texts.flatMap(expandText))
const words = (...parts: readonly (string | undefined)[]) => parts.filter((part) => part !== undefined).join(' ')

function check(expected: Expected, each: Case): void {
  if (expected.refused !== undefined) {
    expect(() => worldOf(each) && inputOf(worldOf(each))).toThrow(expected.refused)
    return
  }
  const w = worldOf(each)
  const plan = planned(each, w)
  if (expected.counts !== undefined) expect(plan.summary.counts).toEqual(expected.counts)
  else if (expected.inOrder !== undefined) expect(lines(plan)).toEqual(expected.inOrder.flatMap(expandText))
  else expect(sorted(lines(plan))).toEqual(wanted(expected.lines ?? []))
  const items = plan.workItems.map(({ reason, subject }) => `${reason} ${subject.split(':').slice(2).join(':')}`)
  expect(sorted(items)).toEqual(wanted(expected.items ?? []))
  for (const [item, choices] of Object.entries(expected.choices ?? {})) {
    const found = plan.workItems[items.indexOf(item)]?.choices ?? []
    expect(
      found.map(({ decision, objectId }) => words(decision, objectId)),
      item,
    ).toEqual(choices)
  }
  for (const part of expected.asks ?? [])
    expect(plan.workItems.map(({ message }) => message).join('\n')).toContain(part)
  if (expected.spent !== undefined) expect(sorted(plan.spent)).toEqual(wanted(expected.spent))
  expect(sorted(plan.spentExceptions)).toEqual(wanted(expected.spentExceptions ?? []))
  if (expected.causes !== undefined) {
    const caused = lines(plan).filter((_, index) => plan.changes[index]!.cause === 'rules')
    expect(sorted(caused)).toEqual(wanted(expected.causes))
  }
  const tripped = plan.guards.filter((guard) => guard.tripped)
  expect(sorted(tripped.map(({ guard, about }) => words(guard, about)))).toEqual(wanted(expected.guards ?? []))
  const measured = plan.guards.map(({ guard, about, measured, limit }) => words(guard, about, `${measured}/${limit}`))
  expect(measured).toEqual(expect.arrayContaining([...(expected.measured ?? [])]))
  for (const notice of expected.notices ?? []) expect(plan.summary.notices.join('\n')).toContain(notice)
  const departures = plan.departures.map(
    ({ sourceKey, signal, firstProvenAt }) => `${sourceKey} ${signal} ${(w.now - firstProvenAt) / day}`,
  )
  if (expected.departures !== undefined) expect(sorted(departures)).toEqual(wanted(expected.departures))
  if (expected.returned !== undefined) expect(sorted(plan.returned)).toEqual(wanted(expected.returned))
  if (expected.deliveries !== undefined) expect(plan.deliveries).toEqual(expected.deliveries)
  if (expected.filled !== undefined) expect(Object.entries(plan.read.filled)).toEqual(entries(expected.filled))
  const reasons = new Set(plan.changes.map((change) => change.reason))
  if (expected.reasons !== undefined) expect(sorted(reasons)).toEqual(wanted(expected.reasons))
  for (const [line, values] of Object.entries(expected.values ?? {})) {
    const change = plan.changes[lines(plan).findIndex((one) => one.replace(/ \[.*/, '') === line)]
    expect(change?.after, line).toEqual(values)
  }
  for (const [line, because] of Object.entries(expected.because ?? {})) {
    const change = plan.changes[lines(plan).indexOf(line)]
    expect(words(change?.reason, change?.rule), line).toBe(because)
  }
  if (expected.seats !== undefined) expect(plan.summary.seats ?? {}).toEqual(expected.seats)
  if (expected.mails !== undefined) expect(plan.summary.mails ?? 0).toBe(expected.mails)
  if (expected.again !== undefined) {
    expect(sorted(lines(planned(each, applied(w, plan))))).toEqual(wanted(expected.again))
  }
}

const byDecision = Map.groupBy(
  tables.flatMap(({ cases }) => cases),
  (each) => each.decision,
)
for (const [decision, list] of byDecision) {
  describe(decision, () => {
    for (const each of list) it(each.name, () => check(each.expect, each))
  })
}
