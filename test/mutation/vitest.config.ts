import { defineConfig } from 'vitest/config'

// The pure tests alone, for `npm run mutate`: thousands of runs need tests without stores and sockets. Property tests notice
// little that the tables do not and take nine tenths of the time; without them the score is a lower bound. What only tests
// with a store reach is measured with those, and without the pure ones.
const properties = ['properties', 'part', 'two-connections'].map((name) => `src/engine/**/${name}.test.ts`)
const isQuick = process.env.MUTATE_QUICK === '1'
const withStore = process.env.MUTATE_STORE === '1'

export default defineConfig({
  test: {
    include: withStore ? ['test/engine/*.test.ts'] : ['src/{domain,engine}/**/*.test.ts'],
    exclude: isQuick ? properties : [],
    // On the embedded store alone, with the folder in memory that all share.
    ...(withStore ? { testNamePattern: /^(?!.*\(postgresql\))/, globalSetup: ['test/support/run-folder.ts'] } : {}),
    testTimeout: 120_000,
  },
})
