import { startSandbox } from '../../src/sandbox/start.ts'

// Runs the twin in a process of its own: options as JSON in the first argument, facts as one JSON line on stdout.
const options = JSON.parse(process.argv[2] ?? '{}')
const sandbox = await startSandbox(options)
process.stdout.write(`${JSON.stringify(sandbox.facts())}\n`)
// Ends with the process that started it: its end closes this pipe.
process.stdin.on('end', () => process.exit(0))
process.stdin.resume()
