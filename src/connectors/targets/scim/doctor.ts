import type { CheckStep } from '../../../ports/readable.ts'
import { equals } from '../../../scim/client/request.ts'
import { failedStep, okStep } from '../../kit/findings.ts'
import { attributeSteps, discoverySteps, readSteps, settingsSteps } from '../../kit/scim/check-steps.ts'
import type { Directory } from '../../kit/scim/directory.ts'
import { FilterRefused } from '../../kit/scim/server.ts'
import type { ScimConfig } from './config.ts'

/** A name nobody has. */
const nobody = 'muster-probe-5f0c2d1e'

/** Says line by line what works. Changes nothing; findings are lines, never thrown. */
export async function* doctor(
  directory: Directory,
  settings: ScimConfig,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const { server } = directory
  yield* settingsSteps(settings, server.clock.now())
  const isReadable = yield* readSteps(server, signal)
  if (!isReadable) return
  yield* discoverySteps(server, signal)
  yield* filters(directory, settings, signal)
  yield* attributeSteps(server, directory.dialect.attributes, signal)
  yield okStep(
    'writing',
    'Whether this credential may write shows only with the first change; nothing was written for this check.',
  )
}

async function* filters({ server }: Directory, settings: ScimConfig, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const probes = [
    ['Users', 'userName'],
    ...(settings.findByEmail ? ([['Users', 'emails.value']] as const) : []),
    ['Groups', 'displayName'],
  ] as const
  const useless: string[] = []
  try {
    for (const [kind, attribute] of probes) {
      const found = await server
        .list(kind, { filter: equals(attribute, nobody), startIndex: 1, count: 2 }, signal)
        .catch((thrown: unknown) => {
          if (thrown instanceof FilterRefused) return undefined
          throw thrown
        })
      if (found === undefined || found.resources.length > 0) useless.push(attribute)
    }
  } catch (thrown) {
    yield failedStep('filters', thrown, 'warning')
    return
  }
  if (useless.length === 0) yield okStep('filters', 'People and groups can be found by name and address.')
  else {
    yield {
      name: 'filters',
      status: 'warning',
      message: `The server does not filter by ${useless.join(' and ')}; where that is needed, everything is read.`,
      ...(useless.includes('emails.value')
        ? { remedy: 'If user names are addresses there, switch off findByEmail.' }
        : {}),
    }
  }
}
