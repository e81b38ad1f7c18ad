import type { SingleSignOnView } from '../../contract/single-sign-on.ts'
import { type Command, command, type Options } from '../command.ts'
import { isNothing, parseDocument, readDocument } from '../document.ts'
import type { Paint } from '../output.ts'
import { plain, shownTime } from '../render/text.ts'
import { kindLines, partsOf, putOptions, secretLines, secretOptions, yamlLines } from './ends.ts'
import { ownPutOptions, showSaved } from './own-settings.ts'

const triedOptions = { ...putOptions, ...secretOptions } as const satisfies Options
/** Where a configuration file has it: `auth.oidc`. */
const section = 'auth'
const key = 'oidc'

/** How people sign in by an identity provider, and what their groups let them do. */
export const singleSignOnCommands: readonly Command[] = [
  command({
    name: 'single-sign-on',
    summary: 'how people sign in by an identity provider, and who may do what; without secrets',
    examples: ['single-sign-on', 'single-sign-on --json'],
    async run({ output, session }) {
      const client = await session.client()
      const view = await client.singleSignOn.get(undefined, session.call)
      output.show(view, viewLines(view, output.paint))
      if (view.from === 'none') output.next('What can be set: muster single-sign-on settings')
      return 0
    },
  }),
  command({
    name: 'single-sign-on settings',
    summary: 'what single sign-on can be told',
    examples: ['single-sign-on settings'],
    async run({ output, session }) {
      const client = await session.client()
      const { form } = await client.singleSignOn.get(undefined, session.call)
      output.show(form, kindLines(form, output.paint, Math.max(60, output.stdout.columns)))
      return 0
    },
  }),
  command({
    name: 'single-sign-on put',
    summary: 'set single sign-on, or replace it, in the store',
    description: [
      'Changed rules of who may do what sign everybody else out who came by the provider. Refused when nobody would be left who can administer.',
      'It needs server.publicUrl, which stands in the configuration file: name that one by --config or MUSTER_CONFIG, or a running server by --url.',
    ],
    options: ownPutOptions,
    examples: [
      'single-sign-on put --file sign-on.yaml --dry-run',
      'single-sign-on put --merge --secret-stdin clientSecret < secret.txt',
      'single-sign-on put --merge --set "roles=[{ group: muster-admins, roles: [admin, approver] }]"',
    ],
    async run({ options, output, session, environment }) {
      const client = await session.client()
      // What others save in between is not overwritten.
      const present = options.merge ? await client.singleSignOn.get(undefined, session.call) : undefined
      const document = await readDocument(partsOf(options), section, key, environment, present?.document)
      const basedOn = present === undefined ? undefined : (present.version ?? 0)
      const body = { document, dryRun: options['dry-run'], basedOn }
      const saved = await client.singleSignOn.put({ body }, session.call)
      showSaved(output, saved, 'Single sign-on')
      if (saved.saved) output.next('Ask the provider: muster single-sign-on try')
      return 0
    },
  }),
  command({
    name: 'single-sign-on try',
    summary: 'ask the identity provider what it says about itself; nothing is saved',
    description: [
      'Without --file or --set the settings that count now are tried. The client secret is proven only by a sign-in. The exit code is 4 where the provider cannot be used.',
    ],
    options: triedOptions,
    examples: ['single-sign-on try', 'single-sign-on try --file sign-on.yaml'],
    async run({ options, output, session, environment }) {
      const client = await session.client()
      const parts = partsOf(options)
      const before = options.merge ? (await client.singleSignOn.get(undefined, session.call)).document : {}
      const body = isNothing(parts) ? {} : { document: await readDocument(parts, section, key, environment, before) }
      const tried = await client.singleSignOn.tryProvider({ body }, session.call)
      const { reached, problem } = tried
      const why = [problem?.message ?? '', problem?.hint ?? ''].filter((text) => text !== '').map(plain)
      output.show(tried, reached ? ['The provider answers, and its settings can be used.'] : why)
      return reached ? 0 : 4
    },
  }),
  command({
    name: 'single-sign-on claims',
    summary: 'what claims would let a person do; nobody is signed in',
    description: ['Without --claims, what the provider said at the last sign-in of whoever asks.'],
    options: {
      claims: { kind: 'text', value: 'FILE', help: 'claims as JSON or YAML, such as the payload of an ID token' },
      ...triedOptions,
    },
    examples: [
      'single-sign-on claims --claims ann.json',
      'single-sign-on claims --claims ann.json --file sign-on.yaml',
    ],
    async run({ options, output, session, environment }) {
      const client = await session.client()
      const parts = partsOf(options)
      const file = options.claims
      const claims = file === undefined ? undefined : parseDocument(await environment.files.readText(file), file)
      const before = options.merge ? (await client.singleSignOn.get(undefined, session.call)).document : {}
      const document = isNothing(parts) ? undefined : await readDocument(parts, section, key, environment, before)
      const body = { ...(claims === undefined ? {} : { claims }), ...(document === undefined ? {} : { document }) }
      const { userName, groups, rules, grants, problem, ...rest } = await client.singleSignOn.tryClaims(
        { body },
        session.call,
      )
      const held = grants.map(({ role, connection }) => (connection === undefined ? role : `${role}@${connection}`))
      output.show({ userName, groups, rules, grants, problem, ...rest }, [
        `${plain(userName)} would have: ${held.join(', ') || 'no role'}.`,
        `Groups in the claims: ${groups.map(plain).join(', ') || 'none'}.`,
        ...rules.map(({ group, fits }) => `  ${fits ? '+' : '-'} ${plain(group)}${fits ? '' : ' does not fit'}`),
        ...(problem === undefined ? [] : [output.paint('yellow', plain(`Not let in: ${problem.message}`))]),
      ])
      return 0
    },
  }),
  command({
    name: 'single-sign-on remove',
    summary: 'end signing in by an identity provider; refused while nobody with a password is an administrator',
    examples: ['single-sign-on remove'],
    async run({ output, session }) {
      const client = await session.client()
      const removed = await client.singleSignOn.delete(undefined, session.call)
      output.show(removed, ['Nobody signs in by an identity provider any more. Whoever came by it is signed out.'])
      return 0
    },
  }),
]

function viewLines(view: SingleSignOnView, paint: Paint): string[] {
  const { from, document = {}, secret, version, savedAt, savedBy, isOverridden, redirectUri } = view
  if (from === 'none') return ['Nobody signs in here by an identity provider.']
  const place =
    from === 'file'
      ? 'kept in the configuration file'
      : `version ${version} of ${savedAt === undefined ? '' : shownTime(savedAt)} by ${plain(savedBy ?? '')}, kept in the store`
  return [
    `${paint('bold', 'Single sign-on')}  ${place}`,
    ...(isOverridden ? ['The store keeps settings, too, which do not count.'] : []),
    `Redirect address for the provider: ${redirectUri ?? 'unknown while server.publicUrl is not set'}`,
    '',
    ...yamlLines(document),
    ...secretLines(secret === undefined || secret.from === 'none' ? [] : [secret], paint),
  ]
}
