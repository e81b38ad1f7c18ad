import type { Audience, CheckStep, CheckTable } from '../../../ports/readable.ts'
import { attempt, bad, listed, ok } from '../check-steps.ts'
import { callsOfImport, inWords, type Pace, type RunFacts, sumOf } from './forecast.ts'
import type { OrgAccess } from './organization.ts'

/** What the people who are to come here will meet: domains nobody verified, and the time a first import takes. */

/** Verified domains, beside the mail domains of the people. */
export async function* domains(
  { finder, organization }: OrgAccess,
  audience: Audience | undefined,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const read = await attempt(() => finder.verifiedDomains(organization.id, signal))
  if ('error' in read) {
    yield { ...bad('domains', read.error), status: 'warning' }
    return
  }
  const verified = new Set(read.value.map((name) => name.toLowerCase()))
  if (verified.size === 0) {
    yield {
      name: 'domains',
      status: 'warning',
      message:
        'The organization has no verified domain: all accounts are unmanaged and belong to the people themselves.',
      remedy: 'Verify your mail domains in Atlassian Administration, Directory, Domains, to manage their accounts.',
    }
  } else {
    yield ok('domains', `${verified.size} verified domain${verified.size === 1 ? '' : 's'}: ${listed(read.value)}.`)
  }
  if (audience !== undefined && audience.mailDomains.size > 0) yield mailDomains(verified, audience.mailDomains)
}

function mailDomains(verified: ReadonlySet<string>, counts: Audience['mailDomains']): CheckStep {
  const rows = [...counts].toSorted(([, a], [, b]) => b - a)
  const table: CheckTable = {
    columns: ['mail domain of the people', 'people', 'verified here'],
    rows: rows.map(([domain, people]) => [domain, String(people), verified.has(domain) ? 'yes' : 'no']),
  }
  const foreign = rows.filter(([domain]) => !verified.has(domain))
  if (foreign.length === 0) return ok('mail-domains', 'Every mail domain of the people is verified.', table)
  const people = foreign.reduce((sum, [, count]) => sum + count, 0)
  return {
    name: 'mail-domains',
    status: 'warning',
    message: `${people === 1 ? 'One person has an address' : `${people} people have addresses`} of domains that are not verified: ${listed(foreign.map(([domain]) => domain))}. Their accounts stay their own: they can get groups and access and be suspended, but profile, address and the whole account are out of reach.`,
    remedy: 'Verify these domains in Atlassian Administration, Directory, Domains, if they are yours.',
    table,
  }
}

/** How many calls and how long, for the people who are to come, or for a thousand where nobody is known. */
export function forecast(
  here: Pick<RunFacts, 'accounts' | 'groups' | 'key' | 'token' | 'beside'>,
  audience: Audience | undefined,
  pace: Pace,
): CheckStep {
  const newcomers = audience ?? { people: 1000, groups: 50, memberships: 5000 }
  const { people, groups, memberships } = newcomers
  const calls = callsOfImport(here, newcomers)
  const total = sumOf(calls)
  const who = audience === undefined ? `${people} people, as an example,` : `the ${people} people of its connections`
  return ok(
    'forecast',
    `A first import of ${who} with ${memberships} memberships in ${groups} groups takes up to ${total} calls, ${inWords(total / pace.perSecond)} at ${pace.words}.`,
    { columns: ['for', 'calls'], rows: Object.entries(calls).map(([part, count]) => [part, String(count)]) },
  )
}
