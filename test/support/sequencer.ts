import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that wait most of their time, for what is unsure after a kill or for a process; the longest first. */
const patient = [
  'test/journeys/kill.test.ts',
  'test/journeys/first-sync.test.ts',
  'test/journeys/trouble.test.ts',
  'test/journeys/store-trouble.test.ts',
  'test/journeys/keycloak.test.ts',
  'test/journeys/two-processes.test.ts',
  'test/journeys/live-push.test.ts',
  'test/journeys/find.test.ts',
  'test/journeys/soak.test.ts',
]
/** So many others begin between two of them: they wait while others compute. */
const apart = 8

/** Begins what takes long early, so that no file is left over at the end while the other workers have nothing to do. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rankOf = ({ moduleId }: TestSpecification) => patient.indexOf(relative(this.ctx.config.root, moduleId))
    const waiting = sorted.filter((file) => rankOf(file) >= 0).sort((a, b) => rankOf(a) - rankOf(b))
    const order = sorted.filter((file) => rankOf(file) < 0)
    const begin = order.findIndex(({ project }) => project.name === waiting[0]?.project.name)
    for (const [nth, file] of waiting.entries()) order.splice(Math.max(0, begin) + nth * (apart + 1), 0, file)
    return order
  }
}
