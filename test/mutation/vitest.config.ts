import { defineConfig } from 'vitest/config'

// The pure tests alone, for `npm run mutate`: thousands of runs need tests without stores and sockets.
export default defineConfig({
  test: { include: ['src/{domain,engine}/**/*.test.ts'], testTimeout: 20_000 },
})
