import type { ProviderSetUpView } from '../../contract/system.ts'
import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { setUpLines } from '../render/set-up.ts'
import { plain, table } from '../render/text.ts'

/** What to type at an identity provider, with its own words and the address of one source. */
export const sourcesSetup = command({
  name: 'sources setup',
  summary: 'what to enter where at an identity provider, in its own words',
  description: ['Without --provider it lists the identity providers there are steps for.'],
  arguments: { key: { help: 'name of a source of type scim-push' } },
  options: { provider: { kind: 'text', value: 'NAME', help: 'such as entra, okta, or other for any SCIM 2.0 client' } },
  examples: ['sources setup entra --provider entra', 'sources setup staff'],
  async run({ args, options, output, session }) {
    const client = await session.client()
    const { baseUrl, tokens } = await client.push.status({ params: { key: args.key } }, session.call)
    const { sources } = await client.system.catalog({}, session.call)
    const providers = sources.flatMap(({ way, providers: own }) => (way === 'push' ? (own ?? []) : []))
    if (options.provider === undefined) {
      const rows = providers.map(({ key, title }) => [key, title])
      output.show({ items: providers }, table([{ title: 'provider' }, { title: 'for' }], rows))
      output.next(`Its steps: muster sources setup ${args.key} --provider <provider>`)
      return 0
    }
    const provider = providers.find(({ key }) => key === options.provider)
    if (provider === undefined) {
      throw fail.usage(`There are no steps for "${plain(options.provider)}".`, {
        hint: `There are some for ${providers.map(({ key }) => key).join(', ')}.`,
      })
    }
    const address = baseUrl.startsWith('/') ? `https://<address of this server>${baseUrl}` : baseUrl
    const filled = withValues(provider, address)
    output.show({ baseUrl: address, ...filled }, setUpLines(filled, output.stdout.columns))
    if (tokens.length === 0) output.next(`Make the token: muster token create --source ${args.key}`)
    else output.next(`See what arrives: muster sources push ${args.key}`)
    return 0
  },
})

/** The steps with the values of a source in them. */
function withValues(provider: ProviderSetUpView, baseUrl: string): ProviderSetUpView {
  const fill = (text: string) => text.replaceAll('{baseUrl}', baseUrl).replaceAll('{token}', '<the token>')
  return {
    ...provider,
    steps: provider.steps.map(({ text, fields }) => ({
      text: fill(text),
      ...(fields === undefined ? {} : { fields: fields.map(({ field, value }) => ({ field, value: fill(value) })) }),
    })),
    notes: provider.notes.map(fill),
  }
}
