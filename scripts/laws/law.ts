import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const path = z.string().regex(/^(src|test|scripts)\/.+\.ts$/)

/** One way to break a law; `find` stands exactly once in the file. */
const mutationSchema = z.strictObject({ file: path, find: z.string().min(1), replace: z.string() })

/** A test on a running server that tells of an incident; `laws:prove --stories` shows that it notices. */
const storySchema = z.strictObject({
  file: path,
  name: z.string().min(1),
  /** "Somebody renames …?", for whoever is on call. */
  whatIf: z.string().endsWith('?'),
  /** What happens here, and what the person on call sees. */
  here: z.string().min(1),
  /** The lines whose loss it notices, each alone; those of the law when absent. */
  mutation: z.array(mutationSchema).min(1).optional(),
})

const lawSchema = z.strictObject({
  /** `P1`; the number never changes. */
  law: z.string().regex(/^P\d+$/),
  title: z.string().min(1),
  /** What it says, for a customer. */
  says: z.string().min(1),
  /** The lines that keep it; the snippet stands exactly once in the file. */
  upheldBy: z.array(z.strictObject({ file: path, snippet: z.string().min(1) })),
  /** The tests that fail without those lines; the name as it stands in the file. */
  tests: z.array(z.strictObject({ file: path, name: z.string().min(1) })),
  /** How `npm run laws:prove` breaks the law: once, or one line after the other. */
  mutation: z
    .union([mutationSchema, z.array(mutationSchema)])
    .default([])
    .transform((one) => [one].flat()),
  story: storySchema.optional(),
})

export type Law = z.output<typeof lawSchema>
export type Mutation = z.output<typeof mutationSchema>

/** The law with its story for its only test, and with the lines whose loss the story notices. */
export function storyOf(law: Law): Law | undefined {
  const { story, ...rest } = law
  return story === undefined
    ? undefined
    : { ...rest, tests: [{ file: story.file, name: story.name }], mutation: story.mutation ?? law.mutation }
}

export const lawsFile = 'docs/laws.json'

/** Reads the laws. Throws when the file is not as described above. */
export function readLaws(root: string): readonly Law[] {
  const parsed = z.array(lawSchema).safeParse(JSON.parse(readFileSync(join(root, lawsFile), 'utf8')))
  if (!parsed.success) throw new Error(`${lawsFile} is not well formed:\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Line of the one place where the text stands, from 1; else why there is no such line. */
export function findLine(root: string, file: string, text: string): number | string {
  if (!existsSync(join(root, file))) return `${file} does not exist`
  const content = readFileSync(join(root, file), 'utf8')
  const at = content.indexOf(text)
  if (at < 0) return `${file} no longer contains: ${text}`
  if (content.indexOf(text, at + 1) >= 0) return `${file} contains more than once: ${text}`
  return content.slice(0, at).split('\n').length
}

/** Everything the laws claim that is not so. Empty = all lines and tests were found. */
export function problemsOf(laws: readonly Law[], root: string): readonly string[] {
  const numbers = laws.map(({ law }) => law)
  const twice = numbers.filter((law, index) => numbers.indexOf(law) !== index)
  return [
    ...twice.map((law) => `${law}: stands twice`),
    ...laws.flatMap(({ law, upheldBy, tests, mutation, story }) => {
      const claims = [
        ...upheldBy.map(({ file, snippet }) => findLine(root, file, snippet)),
        ...tests.map(({ file, name }) => findLine(root, file, name)),
        ...mutation.map(({ file, find }) => findLine(root, file, find)),
        ...(story === undefined ? [] : [findLine(root, story.file, `${story.name}'`)]),
        ...(story?.mutation ?? []).map(({ file, find }) => findLine(root, file, find)),
        ...(story === undefined || story.name.startsWith(`${law}: `)
          ? []
          : [`the name of its story begins with ${law}: `]),
        ...(upheldBy.length > 0 && tests.length === 0 ? ['is upheld by code but by no test'] : []),
        ...(upheldBy.length === 0 && tests.length > 0 ? ['has a test but no line that upholds it'] : []),
        ...(mutation.length > 0 && tests.length === 0 ? ['has a mutation but no test that could notice it'] : []),
      ]
      return claims.flatMap((claim) => (typeof claim === 'string' ? [`${law}: ${claim}`] : []))
    }),
  ]
}
