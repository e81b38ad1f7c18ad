import type { PersonThere, PersonView } from '../contract/people.ts'
import type { Handlers } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import { recollect } from './recollecting.ts'
import type { UseCase } from './use-case.ts'

/** Names that lead from one record or account to the next: nobody has more of them. */
const mostNames = 50
const numbered = /^\d{1,9}$/

/** One person's page: what each connection remembers, put together by links (D2). Nothing is read again. */
export function peopleUseCases(useCase: UseCase): Handlers['people'] {
  return {
    async find({ principal }, { query: { person, cursor, limit } }) {
      await useCase.audit(principal, 'people.find', `person:${person}`, {})
      const people = together(await everywhere(useCase, person))
      if (people.length === 0) {
        throw fail.notFound(`Nobody called "${person}" was ever seen at a source or in a target.`, {
          hint: 'Look at a source: muster find <source> <login>. What is remembered comes from the runs so far.',
        })
      }
      const from = cursor !== undefined && numbered.test(cursor) ? Number(cursor) : 0
      const next = from + limit < people.length ? String(from + limit) : undefined
      return { items: people.slice(from, from + limit), ...(next === undefined ? {} : { next }) }
    },
  }
}

/**
 * What every connection knows of this name, and then of the accounts that were found: another source may know the same
 * account under a name of its own.
 */
async function everywhere(useCase: UseCase, person: string): Promise<readonly PersonThere[]> {
  const connections = await useCase.objects('connection')
  const found = new Map<string, PersonThere>()
  const names = new Set([person])
  for (const name of names) {
    if (names.size > mostNames) break
    for (const connection of connections) {
      for (const there of await thereAs(useCase, connection, name)) {
        found.set(JSON.stringify([there.connection, there.sourceKey, there.accountId]), there)
        if (there.accountId !== undefined) names.add(there.accountId)
      }
    }
  }
  return [...found.values()]
}

async function thereAs({ store }: UseCase, object: ConfigObject, name: string): Promise<readonly PersonThere[]> {
  const target = String(object.document.target)
  const { remembered, run } = await recollect(store, object, { person: name })
  const directoryKey = await store.directories.boundKey(target)
  if (directoryKey === undefined) return []
  const named = { connection: object.key, source: String(object.document.source), target, directoryKey }
  return remembered.map(({ steps: _, history, ...known }) => ({
    ...named,
    ...known,
    pending: history.filter((change) => change.run === run && change.outcome === undefined),
    lastChange: history.find(({ outcome }) => outcome === 'applied'),
    run,
  }))
}

/** Who shares a record or an account is one person. */
function together(all: readonly PersonThere[]): PersonView[] {
  const people: { readonly names: Set<string>; readonly there: PersonThere[] }[] = []
  for (const there of all) {
    const names = namesOf(there)
    const mine = people.filter((each) => names.some((name) => each.names.has(name)))
    const whole = {
      names: new Set([...names, ...mine.flatMap((each) => [...each.names])]),
      there: [...mine.flatMap((each) => each.there), there],
    }
    for (const each of mine) people.splice(people.indexOf(each), 1)
    people.push(whole)
  }
  return people.map(({ there }) => view(there)).toSorted((a, b) => (a.label < b.label ? -1 : 1))
}

function namesOf({ source, sourceKey, directoryKey, accountId }: PersonThere): readonly string[] {
  return [
    ...(sourceKey === undefined ? [] : [JSON.stringify(['record', source, sourceKey])]),
    ...(accountId === undefined ? [] : [JSON.stringify(['account', directoryKey, accountId])]),
  ]
}

function view(all: readonly PersonThere[]): PersonView {
  const there = all.toSorted((a, b) => (a.connection < b.connection ? -1 : 1))
  const once = <Item>(items: readonly Item[]) => [
    ...new Map(items.map((each) => [JSON.stringify(each), each])).values(),
  ]
  return {
    label: (there.find(({ sourceKey }) => sourceKey !== undefined) ?? there[0])?.label ?? '',
    records: once(
      there.flatMap(({ source, sourceKey }) => (sourceKey === undefined ? [] : { source, key: sourceKey })),
    ),
    accounts: once(
      there.flatMap(({ directoryKey, accountId }) => (accountId === undefined ? [] : { directoryKey, id: accountId })),
    ),
    connections: there,
  }
}
