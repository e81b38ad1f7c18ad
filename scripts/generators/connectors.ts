import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fieldsTable } from '../../src/connectors/kit/describe-config.ts'
import { catalog } from '../../src/connectors/registry.ts'
import type { ProviderSetUp, SourceKind, TargetKind } from '../../src/ports/catalog.ts'
import type { Generator } from './generator.ts'
import { replaceSection, table } from './markdown.ts'

/** Kinds that live in the folder of another one, of which they are a special case. */
const sharedFolders: Readonly<Record<string, string>> = { oracle: 'scim-pull', miniorange: 'rest' }

/** A page for every connector: its prose is written by hand, its settings are made from the declaration. */
export const connectorPages: readonly Generator[] = [
  ...catalog.sources.map((kind) => pageOf(kind, 'source')),
  ...catalog.targets.map((kind) => pageOf(kind, 'target')),
]

function pageOf(kind: SourceKind | TargetKind, end: 'source' | 'target'): Generator {
  const folder = `src/connectors/${end}s/${sharedFolders[kind.type] ?? kind.type}`
  const section = `settings of the ${end} ${kind.type}`
  return {
    file: `docs/connectors/${kind.type}.md`,
    make: (present, root) => {
      const page = present.includes(`<!-- begin: ${section} -->`)
        ? present
        : present + newPage(kind, end, folder, section, root)
      const set = replaceSection(
        page,
        section,
        `<!-- Made by \`npm run generate\` from ${folder}. -->\n\n${settings(kind)}`,
      )
      const providers = 'providers' in kind ? kind.providers : undefined
      if (providers === undefined) return set
      return replaceSection(
        set,
        'identity providers',
        `<!-- Made by \`npm run generate\` from ${folder}. -->\n\n${setUps(providers)}`,
      )
    },
  }
}

function newPage(
  { title, summary, type }: SourceKind | TargetKind,
  end: string,
  folder: string,
  section: string,
  root: string,
): string {
  const readme = `${folder}/README.md`
  return [
    `# ${title}: the ${end} \`${type}\``,
    '',
    summary,
    ...(existsSync(join(root, readme)) ? ['', `How it works: [${readme}](../../${readme}).`] : []),
    '',
    '## Settings',
    '',
    `<!-- begin: ${section} -->`,
    `<!-- end: ${section} -->`,
    '',
  ].join('\n')
}

/** A chapter for each identity provider, as `muster sources setup` and `muster sources gallery` show it. */
function setUps(providers: readonly ProviderSetUp[]): string {
  return providers
    .flatMap(({ title, steps, rights = [], fields: taken = [], begin, notes, compareWith, unverified }) => [
      `### ${title}`,
      '',
      ...steps.flatMap(({ text, fields = [] }, index) => [
        `${index + 1}. ${text}`,
        ...fields.map(({ field, value }) => `   - **${field}**: \`${value}\``),
      ]),
      '',
      ...(taken.length === 0
        ? []
        : [
            table(
              ['There', 'Setting'],
              taken.map(({ field, setting }) => [field, `\`${setting}\``]),
            ),
            '',
          ]),
      ...(begin === undefined ? [] : [`- The source begins with ${settingsText(begin)}.`]),
      ...(rights.length === 0 ? [] : [`- Rights: ${rights.map((right) => right.replace(/\.$/, '')).join('; ')}.`]),
      ...notes.map((note) => `- ${note}`),
      ...unverified.map((each) => `- Not verified: ${each}`),
      `- Compare with ${compareWith.map((url) => `<${url}>`).join(', ')}.`,
      '',
    ])
    .join('\n')
    .trimEnd()
}

function settingsText(begin: Readonly<Record<string, string>>): string {
  return Object.entries(begin)
    .map(([name, value]) => `\`${name}: ${value}\``)
    .join(', ')
}

function settings({ config }: SourceKind | TargetKind): string {
  const text = fieldsTable(config).trimEnd()
  return text === '' ? 'There is nothing to set.' : text
}
