import { fail } from '../../domain/errors.ts'
import type { DemoCompany, DemoPerson } from '../environment.ts'

/** What somebody does by hand in the sandbox; the words of its `/__sandbox/edit`. */
export interface HandEdit {
  readonly action: 'add-person' | 'add-member' | 'remove-member'
  readonly email: string
  readonly name?: string
  readonly group?: string
}

/** What happens in the company's directory; the words of `/__sandbox/ldap/edit`. */
export type DirectoryEdit =
  | { readonly action: 'add-person'; readonly person: DemoPerson }
  | { readonly action: 'disable-person'; readonly login: string }
  | { readonly action: 'add-member' | 'remove-member'; readonly group: string; readonly login: string }
  | { readonly action: 'rename-group'; readonly group: string; readonly name: string }

/** What happens between the two plans of the story. */
export interface Drift {
  readonly inDirectory: readonly string[]
  readonly directoryEdits: readonly DirectoryEdit[]
  readonly byHand: readonly string[]
  readonly edits: readonly HandEdit[]
}

const stranger = { email: 'vera.strand@partner.example', name: 'Vera Strand' }

/**
 * A few ordinary weeks: somebody leaves, somebody joins, a group is renamed, somebody changes teams, and an administrator
 * does two things by hand. Works on any sample company with people in groups; throws `usage` where there are too few.
 */
export function makeDrift(company: DemoCompany): Drift {
  const teams = company.groups.flatMap(({ name, members }) => {
    const ids = new Set(members.map((member) => ('user' in member ? member.user : '')))
    const people = company.people.filter(({ id, active }) => active && ids.has(id))
    return people.length >= 3 ? [{ name, people }] : []
  })
  const [team] = teams
  const renamed = teams.at(-1)
  const managers = new Set(company.people.map(({ manager }) => manager))
  // One's manager stays, so that the story has no second thread.
  const staff = team?.people.filter((person) => !managers.has(person.id)) ?? []
  const [mover, removed, third, fourth] = staff
  const leaver = fourth ?? third
  if (team === undefined || renamed === undefined || !mover || !removed || leaver === undefined) {
    throw fail.usage('The company is too small for the story of the demo.', { hint: 'Choose a larger --company.' })
  }
  const joiner: DemoPerson = {
    ...leaver,
    id: 'u-900001',
    login: 'nora.fischer',
    mail: `nora.fischer@${leaver.mail.split('@')[1]}`,
    displayName: 'Nora Fischer',
    givenName: 'Nora',
    surname: 'Fischer',
  }
  const newName = `${renamed.name}-emea`
  return {
    inDirectory: [
      `${leaver.displayName} leaves the company (disabled in the directory).`,
      `${joiner.displayName} joins the team "${team.name}".`,
      `${mover.displayName} leaves the team "${team.name}".`,
      `The group "${renamed.name}" is now called "${newName}".`,
    ],
    directoryEdits: [
      { action: 'disable-person', login: leaver.login },
      { action: 'add-person', person: joiner },
      { action: 'add-member', group: team.name, login: joiner.login },
      { action: 'remove-member', group: team.name, login: mover.login },
      { action: 'rename-group', group: renamed.name, name: newName },
    ],
    byHand: [
      `${removed.displayName} was taken out of "${team.name}" in Atlassian.`,
      `${stranger.name} of a partner was put into "${team.name}" in Atlassian.`,
    ],
    edits: [
      { action: 'remove-member', group: team.name, email: removed.mail },
      { action: 'add-person', ...stranger },
      { action: 'add-member', group: team.name, email: stranger.email },
    ],
  }
}
