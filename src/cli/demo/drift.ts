import { z } from 'zod'
import { fail } from '../../domain/errors.ts'

/** The part of the sample directory that the story touches; everything else is carried along. */
const directorySchema = z.looseObject({
  people: z.array(
    z.looseObject({
      id: z.string(),
      login: z.string(),
      mail: z.string(),
      displayName: z.string(),
      active: z.boolean(),
      manager: z.string().optional(),
    }),
  ),
  groups: z.array(
    z.looseObject({ id: z.string(), name: z.string(), members: z.array(z.looseObject({ id: z.string() })) }),
  ),
})
type Directory = z.output<typeof directorySchema>
type Person = Directory['people'][number]
type Group = Directory['groups'][number]

/** What somebody does by hand in the sandbox; the words of its `/__sandbox/edit`. */
export interface HandEdit {
  readonly action: 'add-person' | 'add-member' | 'remove-member'
  readonly email: string
  readonly name?: string
  readonly group?: string
}

/** What happens between the two plans of the story. */
export interface Drift {
  /** The directory file afterwards. */
  readonly directory: string
  readonly inDirectory: readonly string[]
  readonly byHand: readonly string[]
  readonly edits: readonly HandEdit[]
}

const stranger = { email: 'vera.strand@partner.example', name: 'Vera Strand' }

/**
 * A few ordinary weeks: somebody leaves, somebody joins, a group is renamed, somebody changes teams, and an administrator
 * does two things by hand. Works on any sample company with people in groups. Throws `config-invalid` for a file that
 * does not look like the sample directory.
 */
export function makeDrift(text: string): Drift {
  const parsed = directorySchema.safeParse(parseJson(text))
  if (!parsed.success) throw notTheSample(parsed.error)
  const directory = parsed.data
  const teams = directory.groups.filter((group) => peopleOf(group, directory).length >= 3)
  const [team] = teams
  const renamed = teams.at(-1)
  if (team === undefined || renamed === undefined) throw notTheSample()
  const managers = new Set(directory.people.map(({ manager }) => manager))
  // One's manager stays, so that the story has no second thread.
  const staff = peopleOf(team, directory).filter((person) => !managers.has(person.id))
  const [mover, removed, third, fourth] = staff
  const leaver = fourth ?? third
  if (mover === undefined || removed === undefined || leaver === undefined) throw notTheSample()

  const joiner = {
    ...leaver,
    id: 'u-900001',
    login: 'nora.fischer',
    mail: `nora.fischer@${leaver.mail.split('@')[1]}`,
    displayName: 'Nora Fischer',
    givenName: 'Nora',
    surname: 'Fischer',
  }
  const [teamName, oldName] = [team.name, renamed.name]
  leaver.active = false
  team.members = [...team.members.filter(({ id }) => id !== mover.id), { id: joiner.id }]
  directory.people.push(joiner)
  renamed.name = `${oldName}-emea`

  return {
    directory: `${JSON.stringify(directory, undefined, 1)}\n`,
    inDirectory: [
      `${leaver.displayName} leaves the company (disabled in the directory).`,
      `${joiner.displayName} joins the team "${teamName}".`,
      `${mover.displayName} leaves the team "${teamName}".`,
      `The group "${oldName}" is now called "${renamed.name}".`,
    ],
    byHand: [
      `${removed.displayName} was taken out of "${teamName}" in Atlassian.`,
      `${stranger.name} of a partner was put into "${teamName}" in Atlassian.`,
    ],
    edits: [
      { action: 'remove-member', group: teamName, email: removed.mail },
      { action: 'add-person', ...stranger },
      { action: 'add-member', group: teamName, email: stranger.email },
    ],
  }
}

/** Active people who are direct members. */
function peopleOf(group: Group, { people }: Directory): Person[] {
  const members = new Set(group.members.map(({ id }) => id))
  return people.filter((person) => person.active && members.has(person.id))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw notTheSample(thrown)
  }
}

function notTheSample(cause?: unknown) {
  return fail.configInvalid('The directory file is not the sample company of the demo.', {
    hint: 'Start the demo without --data-dir, or with an empty folder.',
    cause,
  })
}
