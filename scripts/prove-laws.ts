// `npm run laws:prove [P1 P8 …]`: breaks one law after the other in a copy of the repository and expects its tests to fail.
// With `--stories` the story of each law in test/incidents has to notice, by itself and line by line.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { problemsOf, readLaws, storyOf } from './laws/law.ts'
import { type Proof, prove, workingCopy } from './laws/prove.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const tellsStories = process.argv.includes('--stories')
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const all = readLaws(root)
const unknown = asked.filter((name) => !all.some(({ law }) => law === name))
const problems = problemsOf(all, root)
if (unknown.length > 0 || problems.length > 0) {
  for (const name of unknown) console.error(`There is no law ${name} in docs/laws.json.`)
  for (const problem of problems) console.error(problem)
  process.exit(2)
}

const chosen = all.filter(({ law, upheldBy }) => (asked.length === 0 ? upheldBy.length > 0 : asked.includes(law)))
const laws = tellsStories ? chosen.flatMap((law) => storyOf(law) ?? []) : chosen
const copy = workingCopy(root)
process.on('SIGINT', () => {
  copy.remove()
  process.exit(130)
})
const proofs: Proof[] = []
try {
  for (const law of laws) {
    const proof = await prove(law, copy.root)
    proofs.push(proof)
    console.log(`${law.law.padEnd(4)} ${proof.verdict.padEnd(11)} ${law.title}: ${proof.note}`)
  }
} finally {
  copy.remove()
}
const proven = proofs.filter(({ verdict }) => verdict === 'proven').length
console.log(`${tellsStories ? 'stories' : 'laws'}: ${proven} of ${proofs.length} proven`)
process.exitCode = proven === proofs.length ? 0 : 1
