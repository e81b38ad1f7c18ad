import { startSandbox } from '../../src/sandbox/start.ts'
import { settledCompany } from './company.ts'

// The twin of a settled company in a process of its own: people in the first argument, facts as one JSON line on stdout.
const { target } = settledCompany(Number(process.argv[2]))
const sandbox = await startSandbox({ target })
process.stdout.write(`${JSON.stringify(sandbox.facts())}\n`)
process.stdin.on('end', () => process.exit(0))
process.stdin.resume()
