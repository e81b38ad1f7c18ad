import { defineConfig } from 'vitest/config'
import { CountingReporter } from './test/support/reporter.ts'
import { LongFirst } from './test/support/sequencer.ts'

// Time-outs only end what cannot succeed, on a machine of any speed; what is waited for is a state.
const patience = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } }

/** A third of the time files wait, for a process, a pause or a lease. */
const maxWorkers = 3

// Two projects: `unit` is pure and fast (part of `npm run check`); `system` uses sockets, stores and processes.
export default defineConfig({
  test: {
    reporters: ['default', new CountingReporter()],
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/{domain,engine,scim,platform,contract,web}/**/*.test.ts'],
          ...patience,
          // Nothing here keeps state in modules, so that files may share what is loaded: it halves the time.
          isolate: false,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'system',
          include: [
            'src/{connectors,storage,app,http,notify,cli,sandbox}/**/*.test.ts',
            'src/*.test.ts',
            'test/**/*.test.ts',
          ],
          ...patience,
          setupFiles: ['test/support/diagnosis.ts'],
          globalSetup: ['test/support/run-folder.ts'],
          fileParallelism: true,
          maxWorkers,
        },
      },
    ],
  },
})
