// `npm run mutate [-- --mutate src/domain/scope.ts]`: changes the pure parts line by line and counts which changes no test
// notices. Its tools are many, so they are installed apart from the others, and only when somebody asks for this.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const settings = join(root, 'test', 'mutation')
const tools = join(root, 'coverage', 'mutation-tools')

mkdirSync(tools, { recursive: true })
for (const file of ['package.json', 'package-lock.json']) cpSync(join(settings, file), join(tools, file))
run('npm', ['ci', '--prefix', tools, '--ignore-scripts', '--no-audit', '--no-fund'])
const stryker = join(tools, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')
run(process.execPath, [stryker, 'run', join(settings, 'stryker.config.json'), ...process.argv.slice(2)])

function run(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
