import { describe, expect, it } from 'vitest'
import { catalog } from '../../test/support/catalog.ts'
import { leaverActions } from '../domain/policy.ts'
import { judgeFile } from './outside.ts'

/** Everything that is wrong with a text, each as `line:column message -> hint`. */
function problemsOf(yaml: string): readonly string[] {
  return judgeFile(yaml, 'muster.yaml', catalog, '/nowhere').problems.map(({ where, message, hint }) => {
    const place = where?.replace('muster.yaml:', '') ?? '?'
    return hint === undefined ? `${place} ${message}` : `${place} ${message} -> ${hint}`
  })
}

const source = `sources:
  hr: { type: file, path: people.csv }
`
const target = `targets:
  acme: { type: jira-cloud, site: "https://acme.atlassian.net", orgApiKey: { env: ORG_KEY } }
`
const connection = (rest: string) => `${source}${target}connections:
  staff:
    source: hr
    target: acme
${rest}`

const cases: readonly (readonly [name: string, yaml: string, problems: readonly string[]])[] = [
  [
    'a correct file',
    connection('    mode: automatic\n    users: { onLeft: [{ after: 7d, action: deactivate }] }\n'),
    [],
  ],
  ['an empty file', '', []],
  [
    'a list',
    '- a\n',
    [
      '1:1 The document must be a group of settings with sources, targets, connections, server, auth, notifications, not a list.',
    ],
  ],
  [
    'a mistyped part',
    'conections: {}\n',
    ['1:1 conections is not a part of the configuration. -> Did you mean "connections"?'],
  ],
  [
    'a mistyped setting',
    'sources:\n  hr: { type: file, peple: people.csv }\n',
    ['2:21 sources.hr.peple is not a setting. -> Did you mean "people"?'],
  ],
  [
    'a mistyped setting deep inside',
    connection('    users:\n      scope: { include: [{ attribut: dept, in: [a] }] }\n'),
    ['10:28 connections.staff.users.scope.include[0].attribut is not a setting. -> Did you mean "attribute"?'],
  ],
  [
    'a mistyped step of a mapping',
    connection('    users: { mapping: { email: { from: mail, steps: [{ trimm: true }] } } }\n'),
    ['9:56 connections.staff.users.mapping.email.steps[0].trimm is not a setting. -> Did you mean "trim"?'],
  ],
  [
    'an unknown type',
    'sources:\n  hr:\n    type: fiel\n',
    ['3:11 sources.hr.type "fiel" is not known. -> Did you mean "file"?'],
  ],
  [
    'no type',
    'sources:\n  hr: { path: a.csv }\n',
    [
      '2:7 sources.hr.type is missing. -> Write one of crowd, entra, file, google, keycloak, ldap, local, miniorange, okta, oracle, rest, scim-pull, scim-push, target.',
    ],
  ],
  [
    'a filter, a base and a host that are none',
    'sources:\n  corp:\n    type: ldap\n    hosts: ["ldaps://dc1"]\n    bindDn: reader\n    password: { env: P }\n    baseDn: "dc=example,,dc=test"\n    userFilter: "(&(objectClass=person)(uid=*)"\n',
    [
      '4:13 sources.corp.hosts[0] "ldaps://dc1" is an address; write the name alone, and set security and port.',
      '5:13 sources.corp.bindDn must be a distinguished name (cn=reader,dc=example,dc=com), a name with domain (reader@example.com), or DOMAIN\\reader.',
      '7:13 sources.corp.baseDn is not a distinguished name: a part such as ou=people is missing (character 12 of dc=example,▸,dc=test).',
      '8:17 sources.corp.userFilter is not a filter: this "(" is never closed (character 1 of ▸(&(objectClass=perso…).',
    ],
  ],
  [
    'a name that cannot be one',
    'sources:\n  HR_1: { type: local }\n',
    [
      '2:3 sources.HR_1 cannot be the name of a source. -> Use 1 to 40 small letters, digits and hyphens; this name can never change.',
    ],
  ],
  [
    'text where a switch belongs',
    connection('    users: { create: "yes" }\n'),
    ['9:22 connections.staff.users.create must be true or false, not "yes". -> Write true or false, without quotes.'],
  ],
  [
    'a number where text belongs',
    connection('    displayName: 42\n'),
    ['9:18 connections.staff.displayName must be text, not 42. -> Put it in quotes: "42".'],
  ],
  [
    'text where a list belongs',
    connection('    groups: { protected: admins }\n'),
    ['9:26 connections.staff.groups.protected must be a list, not "admins". -> Write a list: [admins].'],
  ],
  [
    'text where settings belong',
    connection('    groups: all\n'),
    ['9:13 connections.staff.groups must be a group of settings, not "all".'],
  ],
  [
    'a choice that does not exist',
    connection('    mode: auto\n'),
    ['9:11 connections.staff.mode must be one of preview, review, automatic, not "auto".'],
  ],
  [
    'a mistyped choice',
    connection('    mode: automatik\n'),
    [
      '9:11 connections.staff.mode must be one of preview, review, automatic, not "automatik". -> Did you mean "automatic"?',
    ],
  ],
  [
    'a leaver action that does not exist',
    connection('    users: { onLeft: [{ after: 0d, action: vanish }] }\n'),
    [`9:44 connections.staff.users.onLeft[0].action must be one of ${leaverActions.join(', ')}, not "vanish".`],
  ],
  [
    'a bad duration',
    connection('    schedule: { every: 7 days }\n'),
    [
      '9:24 connections.staff.schedule.every "7 days" is not accepted. -> Use a whole number and a unit: 30s, 15m, 6h, 7d or 2w.',
    ],
  ],
  [
    'a shared read that would be too old',
    connection('    sharedReadAge: 2h\n'),
    ['9:20 connections.staff.sharedReadAge must be at most 1h, or 0s for never.'],
  ],
  [
    'a bad regular expression',
    connection('    groups: { protected: [{ matches: "(?=x)" }] }\n'),
    [
      '9:38 connections.staff.groups.protected[0].matches is not a regular expression that can be run: invalid or unsupported Perl syntax: `(?=`. -> RE2 syntax is used: no look-ahead, no look-behind, no back references.',
    ],
  ],
  [
    'a number out of bounds',
    connection('    guards: { deactivations: { percent: 120 } }\n'),
    ['9:41 connections.staff.guards.deactivations.percent must be at most 100.'],
  ],
  [
    'a source that does not exist',
    `${target}connections:\n  staff: { source: hrr, target: acme }\nsources:\n  hr: { type: local }\n`,
    ['4:20 connections.staff.source names the source "hrr", which does not exist. -> Did you mean "hr"?'],
  ],
  [
    'a connection without ends',
    'connections:\n  staff: {}\n',
    [
      '2:10 connections.staff.source is missing. -> Write text.',
      '2:10 connections.staff.target is missing. -> Write text.',
    ],
  ],
  [
    'a match rule the target lacks',
    connection('    users: { match: [link, username] }\n'),
    [
      '9:28 connections.staff.users.match[1] "username" is not offered by Jira Cloud. -> It matches by link, id, email.',
    ],
  ],
  [
    'an attribute the target lacks',
    connection('    users: { mapping: { emial: mail } }\n'),
    [
      '9:25 connections.staff.users.mapping.emial is not an attribute that Jira Cloud can write. -> Did you mean "email"?',
    ],
  ],
  [
    'a secret in plain text',
    'targets:\n  acme: { type: jira-cloud, site: "https://a.test", orgApiKey: hunter2 }\n',
    [
      '2:64 targets.acme.orgApiKey holds a secret in plain text. -> Write { env: ACME_ORG_API_KEY } or { file: /path/to/secret }.',
    ],
  ],
  [
    'a secret given as value',
    'targets:\n  acme: { type: jira-cloud, site: "https://a.test", orgApiKey: { value: hunter2 } }\n',
    [
      '2:66 targets.acme.orgApiKey.value is not a place for a secret. -> Known places: env, file, sealed. Write { env: ACME_ORG_API_KEY } or { file: /path/to/secret }.',
    ],
  ],
  [
    'a missing secret',
    'targets:\n  acme: { type: jira-cloud, site: "https://a.test" }\n',
    ['2:9 targets.acme.apiToken enter an API token, an organization API key, or both.'],
  ],
  [
    'an impossible variable',
    'targets:\n  acme: { type: jira-cloud, site: "https://a.test", orgApiKey: { env: "A B" } }\n',
    [
      '2:71 targets.acme.orgApiKey.env must be the name of an environment variable. -> Write { env: ACME_ORG_API_KEY } or { file: /path/to/secret }.',
    ],
  ],
  ['a name written twice', 'sources: {}\nsources: {}\n', ['2:1 "sources" is written twice. -> Keep one of them.']],
  ['a tab', 'sources:\n\thr: 1\n', ['2:1 A line is indented with a tab. -> Indent with spaces.']],
  ['an open quote', 'sources: "abc\n', ['2:1 A text in quotes is not closed. -> Add the closing quote.']],
  [
    'crooked indentation',
    'a:\n  b: 1\n c: 2\n',
    ['3:1 The indentation does not fit to the lines above. -> Indent settings of one group equally.'],
  ],
  ['two documents', '---\na: 1\n---\nb: 2\n', ['3:1 The file holds several documents (---). -> Keep one.']],
  [
    'a star without quotes',
    'sources: *all\n',
    ['1:1 A reference (*name) has nothing to refer to. -> Put a text that begins with * in quotes.'],
  ],
  [
    'an address without port',
    'server: { listen: localhost }\n',
    ['1:19 server.listen "localhost" is not accepted. -> Write host:port, for example 127.0.0.1:8080 or [::1]:8080.'],
  ],
  [
    'a proxy that is no address',
    'server: { trustedProxies: [proxy.example] }\n',
    ['1:28 server.trustedProxies[0] must be an address or a network such as 10.0.0.0/8.'],
  ],
]

describe('a configuration file', () => {
  it.each(cases)('with %s is told what is wrong, where, and what to do', (_name, yaml, problems) => {
    expect(problemsOf(yaml)).toEqual(problems)
  })

  it('reports all problems together, in the order of the file', () => {
    const yaml = 'sources:\n  hr: { type: fiel }\n  x: { type: local, a: 1 }\nserver: { port: 1 }\n'
    expect(problemsOf(yaml).map((text) => text.split(' ', 2)[0])).toEqual(['2:15', '3:21', '4:11'])
  })

  it('never quotes what stands where a secret belongs', () => {
    for (const value of [
      'hunter2',
      '{ value: hunter2 }',
      '{ env: "hunter2 x" }',
      '[hunter2]',
      '{ hunter2: 1, a: 2 }',
    ]) {
      const yaml = `targets:\n  acme: { type: jira-cloud, site: "https://a.test", orgApiKey: ${value} }\n`
      const problems = problemsOf(yaml)
      expect(problems).not.toEqual([])
      expect(problems.join()).not.toContain('hunter2')
    }
  })
})
