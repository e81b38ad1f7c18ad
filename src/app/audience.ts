import { connectionSchema } from '../domain/connection.ts'
import type { MemberRef } from '../domain/identity.ts'
import { mappingRule } from '../domain/mapping.ts'
import { userScope } from '../domain/scope.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import type { Audience } from '../ports/readable.ts'
import type { Source } from '../ports/source.ts'
import type { Installation } from './installation.ts'

/** Sources are read for so long at most: a doctor has to end. */
const patienceMs = 45_000

/**
 * The active people of every connection to this target, counted at their sources; undefined when there is none, or when a
 * source cannot be read completely now (its own doctor says why). People of two connections count twice.
 */
export async function audienceOf(
  installation: Installation,
  target: string,
  signal: AbortSignal,
): Promise<Audience | undefined> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  const connections = (await installation.objects('connection')).filter(({ document }) => document.target === target)
  if (connections.length === 0) return undefined
  const total = { people: 0, memberships: 0, groups: 0, mailDomains: new Map<string, number>() }
  try {
    for (const connection of connections) await addPeople(installation, connection, total, stop)
  } catch {
    signal.throwIfAborted()
    return undefined
  }
  return total
}

type Total = { -readonly [Name in keyof Audience]: Audience[Name] } & { readonly mailDomains: Map<string, number> }

async function addPeople(installation: Installation, { document }: ConfigObject, total: Total, signal: AbortSignal) {
  const config = connectionSchema.parse(document)
  const source = (await installation.source(await installation.object('source', config.source))).open()
  try {
    const people = new Set<string>()
    const addressOf = mappingRule({ ...source.defaultMapping, ...config.users.mapping }.email ?? noRule)
    // Whom a scope takes by their groups is not looked into: they count as taken.
    const inScope = userScope(config.users.scope, groupsUnknown, new Set())
    for await (const { items } of source.users(signal)) {
      for (const user of items) {
        if (!user.active || inScope(user, 0) === 'out') continue
        people.add(user.key)
        total.memberships += user.memberOf?.length ?? 0
        const address = addressOf(user.attributes)
        const domain = address?.slice(address.lastIndexOf('@') + 1).toLowerCase()
        if (domain) total.mailDomains.set(domain, (total.mailDomains.get(domain) ?? 0) + 1)
      }
    }
    total.people += people.size
    await addGroups(source, people, total, signal)
  } finally {
    await source.close()
  }
}

/** Everybody counts in a group they are in by way of another one, too: that is how memberships arrive. */
async function addGroups(source: Source, people: ReadonlySet<string>, total: Total, signal: AbortSignal) {
  const membersOf = new Map<string, readonly MemberRef[]>()
  for await (const { items } of source.groups(signal)) {
    for (const { key, members = [] } of items) membersOf.set(key, members)
  }
  total.groups += membersOf.size
  for (const key of membersOf.keys()) {
    const reached = new Set([key])
    const found = new Set<string>()
    for (const group of reached) {
      for (const member of membersOf.get(group) ?? []) {
        if (member.kind === 'group') reached.add(member.key)
        else if (people.has(member.key)) found.add(member.key)
      }
    }
    total.memberships += found.size
  }
}

const noRule = { steps: [], onlyIfEmpty: false }
const groupsUnknown = { namesOf: () => [], areComplete: () => false }
