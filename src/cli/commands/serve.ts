import { command } from '../command.ts'

export const serveCommand = command({
  name: 'serve',
  summary: 'serve the console and the API and run what is scheduled, until stopped',
  options: {
    port: { kind: 'number', value: 'N', help: 'port on 127.0.0.1; 0 takes any free one' },
    listen: { kind: 'text', value: 'HOST:PORT', help: 'address to listen on' },
    'insecure-http': { kind: 'flag', help: 'allow an address others can reach without TLS' },
  },
  examples: ['serve', 'serve --port 8080 --config muster.yaml', 'serve --listen 0.0.0.0:8080 --insecure-http'],
  async run({ options, output, session, environment }) {
    await environment.starters.serve({
      ...session.localOptions('serve'),
      port: options.port,
      listen: options.listen,
      insecureHttp: options['insecure-http'],
      ready: ({ url, dataDir, notes }) => {
        output.show({ url, dataDir, notes }, [`Muster answers at ${url} (data: ${dataDir}). Ctrl-C stops it.`])
        for (const note of notes) output.note(note)
      },
    })
    output.note('Stopped.')
    return 0
  },
})
