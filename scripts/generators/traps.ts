import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Generator } from './generator.ts'
import { replaceSection, table } from './markdown.ts'
import { trapExcuses } from './trap-excuses.ts'

const folderOf = (kind: string) => `src/connectors/targets/${kind}`

/** Every trap of the API reference: its number is its place. A text beside the title says why it cannot apply here. */
const traps: readonly (readonly [title: string, because?: string])[] = [
  ['Adding a member twice is 400, with an unfilled text'],
  ['409 on adding a member means "already in" or "no seat left"'],
  ['User names and keys are gone; everybody is an account id'],
  ['E-mail addresses are hidden'],
  ['Without paging only the first page comes'],
  ['The list of users holds apps, customers, the removed and the suspended'],
  ['Members who are not active are left out unless asked for'],
  ['A token always invites by mail'],
  ['`products` is mandatory; without any, 400 comes although the invitation went out'],
  ['A new person may get every default product'],
  ['The owner of the token is no organization admin: accounts come out suspended'],
  ['Deactivated accounts cannot be invited'],
  ['A suspension is of the directory and all its products'],
  ['Removed is not suspended: groups and roles are lost'],
  ['Groups kept by an identity provider cannot be changed'],
  ['Groups of administrators and default groups are protected'],
  ['A group of an identity provider may have the name of another'],
  ['Names of groups change, ids do not; nothing renames a group'],
  ['Ids of groups have two forms, and creating one tells none'],
  ['A POST without a body is 415'],
  ['Tokens and keys with scopes reach other addresses, or less'],
  ['Where anybody may ask, a missing or wrong credential is answered 200 and empty'],
  ['Read-only directories', 'of Data Center only'],
  ['The same user name in two directories', 'of Data Center only; Cloud has no user names'],
  ['A PUT of a user blanks what it omits', 'of Crowd only'],
  ['400 and 404 swap their meaning', 'of Crowd only'],
  ['"Exists" is 400, and a password is required', 'of Crowd only'],
  ['Letter case of names and addresses'],
  ['Nested groups', 'Cloud has none; Muster makes them flat before it plans'],
  ['Deactivation needs a version', 'of Data Center only'],
  ['A search stops at 100 people', 'of Data Center 10 only; `trap 5` holds for every list read here'],
  ['There is no real list of groups', 'of Data Center only'],
  ['Writes that look like a browser are refused'],
  ['Accounts kept by Google Workspace or an identity provider'],
  ['Setting an address signs the person out everywhere'],
  ['Calls of the first version have gone, lists of the second will'],
  ['What was written shows late'],
  ['Offset paging skips rows while somebody writes'],
  ['Groups of Bitbucket Cloud are read-only', 'of Bitbucket only'],
  ['A group gives no access by itself'],
  ['Tokens and keys expire'],
  ['The published API documents have errors'],
]

/** Which test meets which trap: found by the number in the names of the tests. Fails while one is neither met nor excused. */
export const trapTable: Generator = {
  file: 'docs/connectors/jira-cloud.md',
  make: (present, root) => {
    const tests = namedTests(join(root, folderOf('jira-cloud')))
    const problems: string[] = []
    const rows = traps.map(([title, because], at) => {
      const number = at + 1
      const mine = tests.filter((test) => test.number === number)
      if (mine.length === 0 && because === undefined)
        problems.push(`no test bears the number of trap ${number}: ${title}`)
      if (mine.length > 0 && because !== undefined) problems.push(`trap ${number} is said not to apply, but has a test`)
      const cell =
        because === undefined
          ? mine.map(({ file, name }) => `${file}: *${name}*`).join('; ')
          : `does not apply: ${because}`
      return [String(number), title, cell]
    })
    if (problems.length > 0) throw new Error(problems.join('\n'))
    return replaceSection(present, 'traps', table(['trap', 'what it is', 'test, or why it does not apply'], rows))
  },
}

/** Traps that concern a product besides Jira Cloud, by number; each needs a test in its folder that bears the number. */
const concerned: Readonly<Record<string, readonly number[]>> = {
  'atlassian-scim': [1, 5, 7, 8, 17, 18, 28, 41],
  'bitbucket-cloud': [2, 5, 8, 10, 15, 16, 21, 39, 40, 41],
  'bitbucket-dc': [1, 5, 16, 23, 28, 33, 39, 41],
  'confluence-cloud': [1, 2, 5, 7, 8, 10, 12, 15, 16, 21, 22, 28, 40, 41],
  'confluence-dc': [1, 5, 16, 22, 23, 28, 33, 37, 41],
  crowd: [1, 5, 16, 23, 24, 25, 26, 27, 28, 29, 41],
  'jira-dc': [1, 3, 5, 7, 16, 22, 23, 24, 28, 29, 30, 31, 32, 33, 41, 42],
}

/** The same for the other products: the traps that concern them, with the tests that meet them. */
export const dataCenterTraps: readonly Generator[] = Object.entries(concerned).map(([kind, numbers]) => ({
  file: `docs/connectors/${kind}.md`,
  make: (present, root) => {
    const tests = namedTests(join(root, folderOf(kind)))
    const missing = numbers.filter((number) => !tests.some((test) => test.number === number))
    if (missing.length > 0) throw new Error(`no test bears the number of trap ${missing.join(', ')}`)
    const rows = [...new Set(tests.map(({ number }) => number))]
      .sort((a, b) => a - b)
      .map((number) => {
        const mine = tests.filter((test) => test.number === number)
        return [
          String(number),
          traps[number - 1]?.[0] ?? '',
          mine.map(({ file, name }) => `${file}: *${name}*`).join('; '),
        ]
      })
    return replaceSection(present, 'traps', table(['trap', 'what it is', 'test'], rows))
  },
}))

/** Every trap at every target of an Atlassian product: met by a test, or why it cannot be met there. Fails where neither holds, or both. */
export const trapMatrix: Generator = {
  file: 'docs/connectors/README.md',
  make: (present, root) => {
    const targets = ['jira-cloud', ...Object.keys(concerned)].sort()
    const met = new Map(targets.map((kind) => [kind, namedTests(join(root, folderOf(kind)))]))
    const problems: string[] = []
    const rows = traps.map(([title], at) => {
      const number = at + 1
      const tested = targets.filter((kind) => met.get(kind)?.some((test) => test.number === number))
      const excused = trapExcuses.filter(({ traps: numbers }) => numbers.includes(number))
      for (const kind of targets) {
        const excuses = excused.filter(({ targets: some }) => some.includes(kind)).length
        const isTested = tested.includes(kind)
        if (!isTested && excuses === 0) problems.push(`trap ${number} at ${kind} has neither a test nor a reason`)
        if (isTested && excuses > 0) problems.push(`trap ${number} at ${kind} has a test and a reason why it cannot be`)
        if (excuses > 1) problems.push(`trap ${number} at ${kind} has two reasons`)
      }
      const links = tested.map((kind) => `[${kind}](${kind}.md#traps)`).join(', ')
      const reasons = excused.map(({ targets: some, because }) => `${some.join(', ')}: ${because}`)
      return [String(number), title, links, reasons.join('; ')]
    })
    if (problems.length > 0) throw new Error(problems.join('\n'))
    return replaceSection(present, 'traps', table(['trap', 'what it is', 'met by tests of', 'elsewhere'], rows))
  },
}

interface NamedTest {
  readonly file: string
  /** Without the number. */
  readonly name: string
  readonly number: number
}

/** Tests whose name begins `trap 5 …`; blocks are named `trap 5: …` and do not count. */
function namedTests(path: string): readonly NamedTest[] {
  const files = readdirSync(path).filter((file) => file.endsWith('.test.ts'))
  return files
    .sort()
    .flatMap((file) =>
      [...readFileSync(join(path, file), 'utf8').matchAll(/'trap (\d+) ([^'\n]+)'/g)].map(
        ([, number = '', name = '']) => ({ file, name, number: Number(number) }),
      ),
    )
}
