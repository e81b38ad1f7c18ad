import { defineConfig } from 'vitest/config'
import { CountingReporter } from './test/support/reporter.ts'

// Two projects: `unit` is pure and fast (part of `npm run check`); `system` uses sockets, stores and processes.
export default defineConfig({
  test: {
    reporters: ['default', new CountingReporter()],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/{domain,engine,scim,platform,contract,web}/**/*.test.ts'],
          testTimeout: 60_000,
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: ['test/support/run-folder.ts'],
          fileParallelism: true,
          // A third of the time files wait, for a process, a pause or a lease.
          maxWorkers: 3,
        },
      },
    ],
  },
})
