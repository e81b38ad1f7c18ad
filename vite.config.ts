import { defineConfig } from 'vite'

/** Only files of our own origin, nothing inline: the console is served with `default-src 'self'`. */
export default defineConfig(({ command }) => {
  // Whoever builds from inside a test means the same files.
  if (command === 'build') process.env.NODE_ENV = 'production'
  return {
    root: 'src/web',
    publicDir: 'public',
    build: {
      outDir: '../../dist/web',
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1000,
      reportCompressedSize: false,
      rolldownOptions: {
        // Only pages that edit rules load these two, each from a file of its own.
        output: {
          codeSplitting: { groups: ['zod', 're2js'].map((name) => ({ name, test: `/node_modules/${name}/` })) },
        },
        onLog: (level, log, pass) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : pass(level, log)),
      },
    },
  }
})
