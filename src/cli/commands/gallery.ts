import type { KindView, ProviderSetUpView } from '../../contract/system.ts'
import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { setUpLines } from '../render/set-up.ts'
import { plain, table } from '../render/text.ts'
import { suggestionFor } from '../suggestion.ts'

interface Way {
  readonly kind: KindView
  readonly setUp: ProviderSetUpView
}

/** Identity providers by name, whichever kind of source is for them. */
export const galleryCommand = command({
  name: 'sources gallery',
  summary: 'identity providers by name: read by Muster or sending to it, and what to do there',
  description: ['With a provider: the steps in its console, the rights reading needs, and which setting takes what.'],
  arguments: { provider: { help: 'such as okta, onelogin or activedirectory', optional: true } },
  examples: ['sources gallery', 'sources gallery okta'],
  async run({ args, output, session }) {
    const client = await session.client()
    const { sources } = await client.system.catalog({}, session.call)
    const all = sources.flatMap((kind) => (kind.providers ?? []).map((setUp) => ({ kind, setUp })))
    const byKey = Map.groupBy(all, ({ setUp }) => setUp.key)
    if (args.provider === undefined) {
      const rows = [...byKey].map(([key, ways]) => [key, ways[0]?.setUp.title ?? key, ways.map(wayText).join(', or ')])
      const items = [...byKey].map(([key, ways]) => ({
        key,
        title: ways[0]?.setUp.title ?? key,
        ways: ways.map(({ kind }) => ({ way: kind.way, type: kind.type })),
      }))
      output.show({ items }, table([{ title: 'provider' }, { title: 'for' }, { title: 'how' }], rows))
      output.next('Its steps: muster sources gallery <provider>')
      return 0
    }
    const ways = byKey.get(args.provider)
    if (ways === undefined) throw unknownProvider(args.provider, [...byKey.keys()])
    const pulled = ways.filter(({ kind }) => kind.way === 'pull')
    output.show(
      { items: ways.map(({ kind, setUp }) => ({ type: kind.type, way: kind.way, ...setUp })) },
      pulled.flatMap(({ kind, setUp }) => [
        ...setUpLines(setUp, output.stdout.columns),
        '',
        `The source: muster sources put <name> --set type=${kind.type}${beginText(setUp)} ... (settings: muster sources kinds ${kind.type})`,
        '',
      ]),
    )
    if (ways.some(({ kind }) => kind.way === 'push')) {
      output.next(`It can also send to Muster: muster sources setup <source> --provider ${args.provider}`)
    }
    return 0
  },
})

function wayText({ kind: { way, type } }: Way): string {
  return way === 'push' ? `sends to ${type}` : `read by ${type}`
}

function beginText({ begin = {} }: ProviderSetUpView): string {
  return Object.entries(begin)
    .map(([name, value]) => ` --set ${name}=${value}`)
    .join('')
}

function unknownProvider(typed: string, known: readonly string[]) {
  const near = suggestionFor(typed, known)
  return fail.notFound(`There are no steps for "${plain(typed)}".`, {
    hint: near === undefined ? `There are some for ${known.join(', ')}.` : `Did you mean ${near}?`,
  })
}
