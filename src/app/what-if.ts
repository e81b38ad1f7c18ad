import { z } from 'zod'
import { keySchema } from '../domain/connection.ts'
import { fail, type Problem } from '../domain/errors.ts'
import type { Supposition } from '../engine/explain/supposition.ts'
import type { OpenConnection } from '../engine/setup.ts'
import { checkConnection } from './configuration-check.ts'
import { findingsOf } from './finding.ts'
import type { UseCase } from './use-case.ts'
import { placed, readYaml } from './yaml-text.ts'

const value = z.union([z.string(), z.array(z.string()), z.null()])
const personSchema = z.strictObject({
  active: z.boolean().optional(),
  attributes: z.record(z.string().min(1), value).optional(),
  groups: z.array(z.string().min(1)).optional(),
})
/** A configuration file may hold more; only rules of connections are looked at. */
const supposedSchema = z.object({
  connections: z.record(keySchema, z.record(z.string(), z.unknown())).default({}),
  people: z.record(z.string().min(1), personSchema).default({}),
})

/** What a file supposes, for each connection. */
export interface WhatIf {
  readonly connections: readonly string[]
  of(open: OpenConnection): Supposition
}

/** Reads and checks a file of changed rules and records. Throws `config-invalid` with every problem and its place. */
export async function readWhatIf(useCase: UseCase, text: string, file: string): Promise<WhatIf> {
  const yaml = readYaml(text, file)
  if (yaml.problems.length > 0) throw invalid(file, yaml.problems)
  const given = yaml.value ?? {}
  const parsed = supposedSchema.safeParse(given)
  if (!parsed.success) {
    throw invalid(file, placed(findingsOf(parsed.error.issues, supposedSchema, given), yaml))
  }
  const { connections, people } = parsed.data
  const around = useCase.surroundings(await useCase.objects())
  const checked = Object.entries(connections).map(
    ([key, document]) => [key, checkConnection(document, ['connections', key], around)] as const,
  )
  const findings = checked.flatMap(([, { findings: found }]) => found)
  if (findings.length > 0) throw invalid(file, placed(findings, yaml))
  const rules = new Map(checked.map(([key, { config }]) => [key, config]))
  return {
    connections: Object.keys(connections),
    of: ({ connection: { key, version, source, target } }) => {
      const changed = rules.get(key)
      if (changed !== undefined && (changed.source !== source || changed.target !== target)) {
        throw fail.usage(`The file joins "${key}" to another source or target; only its rules can be supposed.`)
      }
      return { people, ...(changed === undefined ? {} : { connection: { ...changed, key, version } }) }
    },
  }
}

function invalid(file: string, problems: readonly Problem[]) {
  return fail.configInvalid(`${file} cannot be supposed.`, { problems })
}
