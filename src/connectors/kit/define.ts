import type { z } from 'zod'
import type { ProviderSetUp, SourceKind, TargetKind } from '../../ports/catalog.ts'
import type { ConnectorContext } from '../../ports/connector-context.ts'
import type { PushSettings } from '../../ports/push-directory.ts'
import type { Source } from '../../ports/source.ts'
import type { Target } from '../../ports/target.ts'

interface Definition<Config extends z.ZodObject, Opened> {
  readonly type: string
  /** See `ConnectorKind`. @default 1 */
  readonly version?: number
  readonly title: string
  readonly summary: string
  readonly config: Config
  connect(config: z.output<Config>, context: ConnectorContext): Opened
}

interface SourceDefinition<Config extends z.ZodObject> extends Definition<Config, Source> {
  push?(config: z.output<Config>): PushSettings
  reads?(config: z.output<Config>): string
  readonly providers?: readonly ProviderSetUp[]
}

/** Declares a kind of source; the settings type follows from `config`. */
export function defineSource<Config extends z.ZodObject>(definition: SourceDefinition<Config>): SourceKind {
  const { push, reads, ...rest } = definition
  return {
    version: 1,
    ...rest,
    connect: (config, context) => definition.connect(config as z.output<Config>, context),
    ...(push === undefined ? {} : { push: (config) => push(config as z.output<Config>) }),
    ...(reads === undefined ? {} : { reads: (config) => reads(config as z.output<Config>) }),
  }
}

interface TargetDefinition<Config extends z.ZodObject> extends Definition<Config, Target> {
  fills?(config: z.output<Config>): string
}

/** Declares a kind of target; the settings type follows from `config`. */
export function defineTarget<Config extends z.ZodObject>(definition: TargetDefinition<Config>): TargetKind {
  const { fills, ...rest } = definition
  return {
    version: 1,
    ...rest,
    connect: (config, context) => definition.connect(config as z.output<Config>, context),
    ...(fills === undefined ? {} : { fills: (config) => fills(config as z.output<Config>) }),
  }
}
