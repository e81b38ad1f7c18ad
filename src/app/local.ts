import type { Handlers } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import type { LocalGroup, LocalPerson } from '../domain/local.ts'
import type { UseCase } from './use-case.ts'

/** The built-in directory of a source of type `local`. */
export function localUseCases(useCase: UseCase): Handlers['local'] {
  const { store } = useCase

  /** Throws `not-found` when the source is missing, `config-invalid` when it reads from elsewhere. */
  const directoryOf = async (source: string): Promise<string> => {
    const { document } = await useCase.object('source', source)
    if (document.type === 'local') return source
    throw fail.configInvalid(
      `The source "${source}" is of type ${String(document.type)}; its people are kept elsewhere.`,
      {
        hint: 'People and groups can be edited here in sources of type local.',
      },
    )
  }

  /** Throws `config-invalid` for a connection that does not read from this directory: nobody would take the group. */
  const refuseStrangers = async (source: string, connections: readonly string[]) => {
    const readers = (await useCase.objects('connection')).filter(({ document }) => document.source === source)
    const known = readers.map(({ key }) => key)
    const stranger = connections.find((each) => !known.includes(each))
    if (stranger === undefined) return
    throw fail.configInvalid(`No connection "${stranger}" reads from the directory "${source}".`, {
      hint: known.length === 0 ? 'Make one first: muster connections' : `There are: ${known.join(', ')}.`,
    })
  }

  return {
    async people(_caller, { params, query: { text, ...asked } }) {
      const { items, next } = await store.local.people(await directoryOf(params.source), asked, text)
      return { items: items.map(personView), next }
    },
    async person(_caller, { params: { source, key } }) {
      const person = await store.local.person(await directoryOf(source), key)
      if (person === undefined) throw fail.notFound(`There is no person "${key}" in "${source}".`)
      return personView(person)
    },
    async putPerson({ principal }, { params: { source, key }, body }) {
      const person = {
        ...{ key, userName: body.userName, active: body.active ?? true, attributes: body.attributes ?? {} },
        ...(body.protected === undefined ? {} : { protected: body.protected }),
      }
      await store.local.savePerson(await directoryOf(source), person)
      await useCase.audit(principal, 'person.save', `${source}/${key}`)
      return personView((await store.local.person(source, key)) ?? person)
    },
    async removePerson({ principal }, { params: { source, key } }) {
      const removed = await store.local.removePerson(await directoryOf(source), key)
      if (removed) await useCase.audit(principal, 'person.delete', `${source}/${key}`)
      return { removed }
    },
    async groups(_caller, { params, query: { text, ...asked } }) {
      const { items, next } = await store.local.groups(await directoryOf(params.source), asked, text)
      return { items: items.map(groupView), next }
    },
    async putGroup({ principal }, { params: { source, key }, body }) {
      const { name, description, protected: isProtected, connections } = body
      const directory = await directoryOf(source)
      if (connections !== undefined && connections !== null) await refuseStrangers(source, connections)
      const group = {
        ...{ key, name, ...(description === undefined ? {} : { description }) },
        ...(isProtected === undefined ? {} : { protected: isProtected }),
        ...(connections === undefined ? {} : { connections }),
      }
      await store.local.saveGroup(directory, group)
      const [saved = group] = await store.local.findGroups(source, { keys: [key] })
      const about = saved.connections === undefined ? {} : { connections: saved.connections }
      await useCase.audit(principal, 'group.save', `${source}/${key}`, about)
      return groupView(saved)
    },
    async removeGroup({ principal }, { params: { source, key } }) {
      const removed = await store.local.removeGroup(await directoryOf(source), key)
      if (removed) await useCase.audit(principal, 'group.delete', `${source}/${key}`)
      return { removed }
    },
    async members(_caller, { params: { source, key }, query }) {
      const { items, next } = await store.local.members(await directoryOf(source), key, query)
      return { items: items.map((member) => ({ ...member })), next }
    },
    async addMember({ principal }, { params: { source, key }, body }) {
      await store.local.addMember(await directoryOf(source), key, body)
      await useCase.audit(principal, 'member.add', `${source}/${key}`, { member: body })
      return { done: true as const }
    },
    async removeMember({ principal }, { params: { source, key, kind, member } }) {
      const removed = await store.local.removeMember(await directoryOf(source), key, { kind, key: member })
      if (removed)
        await useCase.audit(principal, 'member.remove', `${source}/${key}`, { member: { kind, key: member } })
      return { removed }
    },
  }
}

function personView({ attributes, kept, ...rest }: LocalPerson) {
  return {
    ...rest,
    ...(kept === undefined ? {} : { kept: [...kept] }),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        value === null || typeof value === 'string' ? value : [...value],
      ]),
    ),
  }
}

function groupView({ connections, ...rest }: LocalGroup) {
  return { ...rest, ...(connections === undefined || connections === null ? {} : { connections: [...connections] }) }
}
