import { describe, expect, it } from 'vitest'
import { catalog } from '../../../test/support/catalog.ts'
import { checkConnection } from '../configuration-check.ts'
import { pathText } from '../finding.ts'

const token = { type: 'jira-cloud', site: 'https://acme.atlassian.net', email: 'a@x.test', apiToken: { env: 'T' } }
const guard = { type: 'atlassian-scim', baseUrl: 'https://api.atlassian.com/scim/directory/d1', apiKey: { env: 'G' } }
const withKey = { type: 'jira-cloud', site: 'https://acme.atlassian.net', orgApiKey: { env: 'K' } }

/** `refused` and `warned`, each as `place message -> hint`. */
function judge(rules: object, target: unknown = withKey) {
  const checked = checkConnection({ source: 'hr', target: 'acme', ...rules }, [], {
    catalog,
    sources: new Map([['hr', { type: 'file' }]]),
    connections: new Map(),
    targets: new Map([['acme', target as Readonly<Record<string, unknown>>]]),
    contextFor: (key) => ({
      key,
      now: () => 0,
      log: () => undefined,
      baseDir: '/nowhere',
      localDirectory: undefined as never,
      instanceId: '',
    }),
  })
  const text = (list: typeof checked.findings) =>
    list.map(({ path, message, hint }) => `${pathText(path)} ${message} -> ${hint}`)
  return {
    findings: text(checked.findings),
    refused: text(checked.refusals),
    warned: text(checked.warnings),
  }
}

const groups = (rules: object) => ({ groups: rules })
const users = (rules: object) => ({ users: rules })
const guards = (rules: object) => ({ guards: rules })
const long = 'n'.repeat(300)

const refused: readonly (readonly [name: string, rules: object, finding: string, target?: object])[] = [
  [
    'a group expression that matches nothing',
    groups({ scope: { include: [{ matches: 'dev$-.*' }] } }),
    'groups.scope.include[0].matches matches no name at all -> Correct the expression, or take it out.',
  ],
  [
    'a people expression that matches nothing',
    users({ scope: { include: [{ attribute: 'dep', in: ['rnd', { matches: 'a^b' }] }] } }),
    'users.scope.include[0].in[1].matches matches no name at all -> Correct the expression, or take it out.',
  ],
  [
    'a protected expression that matches nothing',
    groups({ protected: [{ matches: 'admins$.' }] }),
    'groups.protected[0].matches matches no name at all -> Correct the expression, or take it out.',
  ],
  [
    'a membership expression that matches nothing',
    users({ scope: { exclude: [{ memberOf: [{ matches: '$x' }] }] } }),
    'users.scope.exclude[0].memberOf[0].matches matches no name at all -> Correct the expression, or take it out.',
  ],
  [
    'an exclusion of every group',
    groups({ scope: { exclude: [{ matches: '.*' }] } }),
    'groups.scope.exclude[0].matches matches every name, so no group takes part -> To leave all groups out: groups.import: false.',
  ],
  [
    'a step of a transform that is never found',
    groups({ byName: { transform: [{ regex: { pattern: 'x^', replace: '' } }] } }),
    'groups.byName.transform[0].regex.pattern is found in no text at all -> Correct the expression, or take the step out.',
  ],
  [
    'a step of a mapping that is never found',
    users({ mapping: { displayName: { from: 'cn', steps: [{ regex: { pattern: 'a$b', replace: '' } }] } } }),
    'users.mapping.displayName.steps[0].regex.pattern is found in no text at all -> Correct the expression, or take the step out.',
  ],
  [
    'a group both included and excluded',
    groups({ scope: { include: ['Dev', 'ops'], exclude: ['dev'] } }),
    'groups.scope.exclude[0] excludes "dev", which groups.scope.include includes -> Take it out of one of the two lists; while it is in both, the group is left out.',
  ],
  [
    'people both included and excluded',
    users({
      scope: {
        include: [{ attribute: 'dep', in: ['rnd', 'hr'] }],
        exclude: [{ memberOf: ['x'] }, { attribute: 'dep', in: ['HR', 'rnd'] }],
      },
    }),
    'users.scope.exclude[1] excludes exactly whom users.scope.include includes -> Take the condition out of one of the two lists; while it is in both, these people count as having left.',
  ],
  [
    'a row whose group is filtered out',
    groups({ scope: { exclude: [{ matches: 'de.' }] }, byTable: [{ from: 'dev', to: 'x' }] }),
    'groups.byTable[0].from names "dev", which groups.scope.exclude leaves out, so the row never counts -> Take the row out, or the group out of groups.scope.exclude.',
  ],
  [
    'two rows that disagree about the ownership',
    groups({
      byTable: [
        { from: 'dev', to: 'x', ownership: 'own' },
        { from: 'DEV', to: ['y', 'X'], ownership: 'all' },
      ],
    }),
    'groups.byTable[1] fills "X" from "DEV" with another ownership than groups.byTable[0] -> Keep one of the two rows.',
  ],
  [
    'a transform that reads attributes of people',
    groups({ byName: { transform: [{ join: { with: ['dep'] } }] } }),
    'groups.byName.transform[0].join reads attributes of people, and a group has none -> Use prefix, suffix or regex.',
  ],
  [
    'a transform that falls back to an attribute',
    groups({ byName: { transform: [{ fallback: 'dep' }] } }),
    'groups.byName.transform[0].fallback reads attributes of people, and a group has none -> Use prefix, suffix or regex.',
  ],
  [
    'one name for all groups',
    groups({ byName: { transform: [{ constant: 'all' }] } }),
    `groups.byName.transform[0].constant gives every group the name "all", so they are all in each other's way -> Take the step out, or set groups.byName.sameName: merge if all of them are to be one group.`,
  ],
  [
    'administration for everybody',
    groups({ defaultsForAll: ['Jira-Administrators'] }),
    'groups.defaultsForAll[0] would make everybody an administrator: "Jira-Administrators" is a group that administers -> Name another group; administrators come by a row of groups.byTable.',
  ],
  [
    'administration for new people',
    groups({ defaultsForNew: ['site-admins'] }),
    'groups.defaultsForNew[0] would make every new person an administrator: "site-admins" is a group that administers -> Name another group; administrators come by a row of groups.byTable.',
  ],
  [
    'a blank name of a group',
    groups({ defaultsForAll: ['  '] }),
    'groups.defaultsForAll[0] must not be blank -> Write the name of a group.',
  ],
  [
    'a name of 300 characters',
    groups({ byTable: [{ from: 'dev', to: ['x', long] }] }),
    'groups.byTable[0].to[1] has 300 characters; Jira Cloud takes names of at most 255 -> Shorten the name.',
  ],
  [
    'a name with a right-to-left mark',
    groups({ defaultsForNew: ['dev\u200f'] }),
    'groups.defaultsForNew[0] "dev\u200f" holds a character that nobody sees, U+200F -> Type the name anew instead of pasting it.',
  ],
  [
    'a name in full-width letters',
    groups({ byTable: [{ from: 'dev', to: 'ｄｅｖ' }] }),
    'groups.byTable[0].to "ｄｅｖ" is spelled with look-alikes of usual letters -> Write "dev".',
  ],
  [
    'a mapping that reads nothing',
    users({ mapping: { displayName: { steps: [{ upper: true }] } } }),
    'users.mapping.displayName never has a value: it reads no attribute -> Add from: <attribute>, or a constant step.',
  ],
  [
    'one address for everybody',
    users({ mapping: { email: { from: 'mail', steps: [{ constant: 'all@x.test' }] } } }),
    'users.mapping.email gives everybody the email "all@x.test" -> Map it from an attribute that each person has for themselves.',
  ],
  [
    'suspensions lifted and not lifted',
    users({ activate: false, activateForeign: true }),
    'users.activateForeign lifts suspensions while users.activate lifts none -> Set users.activate: true, or take activateForeign out.',
  ],
  [
    'a leaver action the target lacks',
    users({
      onLeft: [{ after: '7d', action: 'deactivate' }],
      onDisabled: [{ after: '0d', action: 'remove-managed-groups' }],
    }),
    'users.onLeft[0].action "deactivate" cannot be done by Jira Cloud with these settings: deactivating needs an organization API key (Atlassian Administration, Organization settings, API keys); an API token alone has no call for it -> Give users.onLeft one of nothing, remove-managed-groups, remove-all-groups, remove-access, or complete the target.',
    token,
  ],
  [
    'deleting where accounts are only deactivated',
    users({ onLeft: [{ after: '90d', action: 'delete' }] }),
    'users.onLeft[0].action "delete" cannot be done by Atlassian Guard (SCIM) with these settings: deleting accounts is not possible by SCIM: deactivate them, or delete them in Atlassian Administration -> Give users.onLeft one of nothing, remove-managed-groups, remove-all-groups, remove-access, deactivate, or complete the target.',
    guard,
  ],
  [
    'products at a target that knows none',
    users({ access: [{ product: 'jira-software' }] }),
    'users.access gives access to products, and Atlassian Guard (SCIM) has none -> Take it out.',
    guard,
  ],
  [
    'a lead at a target where nobody leads anything',
    users({ defaultProjectLead: 'lead@x.test' }),
    'users.defaultProjectLead is of no use: nobody leads anything in Atlassian Guard (SCIM) -> Take it out.',
    guard,
  ],
  [
    'a stage after the account is deleted',
    users({
      onLeft: [
        { after: '30d', action: 'delete' },
        { after: '60d', action: 'deactivate' },
      ],
    }),
    'users.onLeft[1].action comes when users.onLeft[0] has deleted the account already -> Give it an earlier time, or take it out.',
  ],
  [
    'a floor above its cap',
    guards({ deactivations: { floor: 20, cap: 10 } }),
    'guards.deactivations.floor lets 20 pass by its floor and at most 10 by its cap -> The cap counts: set the floor to at most 10, or raise the cap.',
  ],
]

const warned: readonly (readonly [name: string, rules: object, finding: string, target?: object])[] = [
  [
    'an inclusion of every group',
    groups({ scope: { include: [{ matches: '.*' }] } }),
    'groups.scope.include[0].matches matches everything -> Without it the rule means the same.',
  ],
  [
    'protection of every group',
    groups({ protected: [{ matches: '.+' }] }),
    'groups.protected[0].matches matches every name, so nobody is ever taken out of any group -> If that is meant, groups.ownership: add-only says it better.',
  ],
  [
    'a condition that holds for everybody with a value',
    users({ scope: { exclude: [{ attribute: 'dep', in: [{ matches: '.*' }] }] } }),
    'users.scope.exclude[0].in[0].matches matches everything: everybody with any dep -> Narrow it unless that is meant.',
  ],
  [
    'rules for groups that are not imported',
    groups({ import: false, byName: {} }),
    'groups.import is false, so the rules for groups beside it are not used -> Set it to true, or take groups.byName and groups.byTable out.',
  ],
  [
    'ownership of all groups while none is received',
    groups({ ownership: 'all' }),
    'groups.ownership is all while no rule gives anybody a group: people lose every group that is not protected -> Add groups.byName or groups.byTable, or use own.',
  ],
  [
    'a row written twice',
    groups({
      byTable: [
        { from: 'dev', to: 'x' },
        { from: 'dev', to: 'X' },
      ],
    }),
    'groups.byTable[1] fills "X" from "dev", as groups.byTable[0] does -> Keep one of the two.',
  ],
  [
    'one name for all groups that are to be merged',
    groups({ byName: { sameName: 'merge', transform: [{ constant: 'all' }] } }),
    'groups.byName.transform[0].constant gives every group the name "all" -> Take it out unless that is meant.',
  ],
  [
    'a default group that is protected',
    groups({ defaultsForAll: ['welcome'], protected: [{ matches: 'wel.*' }] }),
    'groups.defaultsForAll[0] puts everybody into "welcome", and groups.protected lets nobody out of it again -> Take it out of one of the two lists unless that is meant.',
  ],
  [
    'a source group with a hidden mark',
    groups({ byTable: [{ from: 'dev\u200e', to: 'dev' }] }),
    'groups.byTable[0].from "dev\u200e" holds a character that nobody sees, U+200E -> It finds only names with the same character; type it anew unless that is meant.',
  ],
  [
    'a break-glass account in mixed alphabets',
    guards({ neverTouch: ['аdmin@x.test'] }),
    'guards.neverTouch[0] "аdmin" mixes Latin and Cyrillic letters -> Letters of these alphabets look alike; type the name anew unless that is meant.',
  ],
  [
    'people found only by their link',
    users({ match: ['link'] }),
    'users.match finds only people who are linked already, so somebody who has an account would be given a second one -> Add id or email, or set users.create: false.',
  ],
  [
    'a stage that comes twice',
    users({
      onLeft: [
        { after: '1d', action: 'deactivate' },
        { after: '2d', action: 'deactivate' },
      ],
    }),
    'users.onLeft[1].action comes a second time: users.onLeft[0] does it -> Keep the earlier one.',
  ],
  [
    'a leaver action that an administrator forbade',
    users({ onLeft: [{ after: '7d', action: 'deactivate' }], onDisabled: [] }),
    'users.onLeft[0].action "deactivate" is forbidden by targets.acme.allow.deactivate, so it is planned and never sent -> Set targets.acme.allow.deactivate: true, or choose another action.',
    { ...withKey, allow: { deactivate: false } },
  ],
  [
    'deletion that nobody allowed',
    users({ onLeft: [{ after: '90d', action: 'delete' }] }),
    'users.onLeft[0].action "delete" is forbidden by targets.acme.allow.delete, so it is planned and never sent -> Set targets.acme.allow.delete: true, or choose another action.',
  ],
  [
    'deletion without a day of grace',
    users({ onDisabled: [{ after: '0d', action: 'delete' }] }),
    'users.onDisabled[0].action deletes for good as soon as somebody is missing -> Deactivate first and delete later, e.g. after: 90d.',
    { ...withKey, allow: { delete: true } },
  ],
  [
    'a limit of 100 % without a cap',
    guards({ deactivations: { percent: 100, cap: 1_000_000 } }),
    'guards.deactivations holds nothing any more -> Lower cap to what may happen without anybody looking.',
  ],
  [
    'a floor and a cap beyond everybody',
    guards({ membershipRemovals: { floor: 1_000_000, cap: 1_000_000 } }),
    'guards.membershipRemovals holds nothing any more -> Lower cap to what may happen without anybody looking.',
  ],
  [
    'a source that may lose 100 %',
    guards({ sourceUsers: { percent: 100 } }),
    'guards.sourceUsers.percent is 100, so a source that delivers nobody at all holds nothing -> Use a share that a good read never loses, e.g. 20.',
  ],
  [
    'a source that may lose 0',
    guards({ sourceGroupMembers: { floor: 0, percent: 0 } }),
    'guards.sourceGroupMembers.percent and floor are 0, so the first one who is missing holds everything that takes away -> Raise floor to what is usual between two runs.',
  ],
]

const quiet: readonly (readonly [name: string, rules: object, target?: object])[] = [
  ['nothing but its two ends', {}],
  ['limits of 0', guards({ deactivations: { floor: 0, percent: 0, cap: 0 }, adminGrants: { cap: 0 } })],
  ['100 % below a cap', guards({ membershipRemovals: { percent: 100, cap: 500 } })],
  ['ownership of all that receives by name', groups({ ownership: 'all', byName: {} })],
  ['a name in another alphabet', groups({ defaultsForAll: ['отдел 1', '開発', 'Zürich'] })],
  ['a row onto an administrators group', groups({ byTable: [{ from: 'admins', to: 'jira-administrators' }] })],
  [
    'one group into two, two groups into one',
    groups({
      byTable: [
        { from: 'a', to: ['x', 'y'] },
        { from: 'b', to: 'x' },
      ],
    }),
  ],
  ['a title that is the same for all', users({ mapping: { displayName: { steps: [{ constant: 'Staff' }] } } })],
  [
    'removing access with a token alone',
    users({ onLeft: [{ after: '7d', action: 'remove-access' }], onDisabled: [] }),
    token,
  ],
  [
    'stages that grow stronger',
    users({
      onLeft: [
        { after: '0d', action: 'deactivate' },
        { after: '90d', action: 'delete' },
      ],
    }),
    { ...withKey, allow: { delete: true } },
  ],
]

describe('rules of a connection', () => {
  for (const [name, rules, finding, target] of refused) {
    it(`with ${name} are refused`, () => {
      const { findings, refused: told } = judge(rules, target)
      expect({ findings, refused: told }).toEqual({ findings: [], refused: [finding] })
    })
  }

  for (const [name, rules, finding, target] of warned) {
    it(`with ${name} are saved with a warning`, () => {
      const { findings, refused: told, warned: beside } = judge(rules, target)
      expect({ findings, refused: told, warned: beside }).toEqual({ findings: [], refused: [], warned: [finding] })
    })
  }

  for (const [name, rules, target] of quiet) {
    it(`with ${name} are saved without a word`, () => {
      expect(judge(rules, target)).toEqual({ findings: [], refused: [], warned: [] })
    })
  }

  it('are judged in no time with 10,000 rows that differ in letter case', () => {
    const spell = (index: number) =>
      [...'administration'].map((letter, at) => ((index >> at) & 1 ? letter.toUpperCase() : letter)).join('')
    const byTable = Array.from({ length: 10_000 }, (_, index) => ({ from: spell(index), to: 'x' }))
    const { refused: told, warned: beside } = judge(groups({ byTable }))
    expect(told).toEqual([])
    expect(beside).toHaveLength(9_999)
  })

  it('cannot hold an expression that takes long for every name', () => {
    expect(judge(groups({ protected: [{ matches: '\\pL{900}'.repeat(100) }] })).findings).toEqual([
      'groups.protected[0].matches takes 90002 steps for every character of a name; at most 2000 are run -> undefined',
    ])
  })
})
