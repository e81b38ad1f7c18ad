import type { z } from 'zod'
import type { Handlers } from '../contract/routes.ts'
import type { KindView, ProviderSetUpView } from '../contract/system.ts'
import type { ProviderSetUp, SourceKind, TargetKind } from '../ports/catalog.ts'
import { secretFields } from './secret-reference.ts'
import { meView } from './sign-in/door.ts'
import type { UseCase } from './use-case.ts'

/** What a connector declared about one setting. */
export interface DescribedSetting {
  readonly path: string
  readonly required: boolean
  readonly schema: Readonly<Record<string, unknown>>
  readonly facts:
    | {
        readonly label: string
        readonly help: string
        readonly group: string
        readonly unit?: string
        readonly suggested?: string | number | boolean
        readonly aliases?: readonly string[]
      }
    | undefined
}

/** Tells the settings of a connector in the order of their declaration. */
export type DescribeSettings = (config: z.ZodObject) => readonly DescribedSetting[]

/** Of people and accounts, and of groups. */
const mostFound = 8

export function systemUseCases(useCase: UseCase, describe: DescribeSettings): Handlers['system'] {
  const { catalog } = useCase
  return {
    me: async ({ principal }) => meView(useCase, principal),
    async search(_caller, { query: { text } }) {
      const found = await useCase.store.report.named(text, mostFound)
      const targets = found.some(({ is }) => is !== 'person') ? await targetsByDirectory(useCase) : undefined
      return {
        items: found.map(({ is, in: where, id, label }) => ({
          is,
          id,
          label: label === '' ? id : label,
          ...(is === 'person' ? { source: where } : { target: targets?.get(where) }),
        })),
      }
    },
    catalog: async () => ({
      sources: catalog.sources.map((kind) => ({
        ...kindView(kind, describe),
        way: kind.push === undefined ? ('pull' as const) : ('push' as const),
        ...(kind.providers === undefined ? {} : { providers: kind.providers.map(providerView) }),
      })),
      targets: catalog.targets.map((kind) => kindView(kind, describe)),
    }),
  }
}

/** Keys of targets by the directory that each was last bound to. */
async function targetsByDirectory({ store }: UseCase): Promise<ReadonlyMap<string, string>> {
  const targets = (await store.configuration.list()).filter(({ kind }) => kind === 'target')
  const bound = await Promise.all(targets.map(async ({ key }) => [await store.directories.boundKey(key), key] as const))
  return new Map(bound.flatMap(([directory, key]) => (directory === undefined ? [] : [[directory, key] as const])))
}

function providerView(setUp: ProviderSetUp): ProviderSetUpView {
  const { key, title, steps, rights, fields: own, begin, notes, compareWith, unverified } = setUp
  return {
    key,
    title,
    rights: rights === undefined ? undefined : [...rights],
    fields: own === undefined ? undefined : own.map((each) => ({ ...each })),
    begin: begin === undefined ? undefined : { ...begin },
    steps: steps.map(({ text, fields }) => ({ text, ...(fields === undefined ? {} : { fields: [...fields] }) })),
    notes: [...notes],
    compareWith: [...compareWith],
    unverified: [...unverified],
  }
}

function kindView({ type, title, summary, config }: SourceKind | TargetKind, describe: DescribeSettings): KindView {
  const secrets = secretFields(config)
  return {
    type,
    title,
    summary,
    fields: describe(config).map(({ path, required, schema, facts }) => {
      const secret = secrets.includes(path)
      return {
        name: path,
        label: facts?.label ?? path,
        help: facts?.help ?? '',
        group: facts?.group ?? '',
        required,
        secret,
        unit: facts?.unit,
        suggested: facts?.suggested,
        aliases: facts?.aliases === undefined ? undefined : [...facts.aliases],
        schema: secret ? secretSchema : { ...schema },
      }
    }),
  }
}

export const secretSchema = {
  type: 'object',
  description: '{ "env": NAME }, { "file": path }, or { "value": … } to seal it in the store',
  minProperties: 1,
  maxProperties: 1,
  properties: { env: { type: 'string' }, file: { type: 'string' }, value: { type: 'string' } },
  additionalProperties: false,
}
