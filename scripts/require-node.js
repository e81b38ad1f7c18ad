// Runs before the tests. Old-fashioned JavaScript on purpose: it must be read by whatever Node the machine has, and say
// in one line what to do when that Node cannot run TypeScript directly.
var major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    'The tests need Node 24 or newer; this is Node ' +
      process.versions.node +
      ' on ' +
      process.platform +
      '-' +
      process.arch +
      '.\n' +
      'Node 24 comes with the install: run `npm ci` without --omit=optional and start the tests by `npm test`.\n' +
      'If there is no Node in the install for this machine, install Node 24 itself.\n',
  )
  process.exit(2)
}
