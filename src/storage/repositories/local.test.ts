import { expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { LocalPerson } from '../../domain/local.ts'

const ann = {
  key: 'p1',
  userName: 'Ann',
  active: true,
  attributes: { mail: 'ann@example.test', title: null, tags: ['a', 'b'] },
}

describeOnBothStores('the built-in directory', (current) => {
  it('keeps people, groups and members of each source apart', async () => {
    const { local } = current().store
    await local.savePerson('hq', ann)
    await local.savePerson('hq', { ...ann, key: 'p2', userName: 'bob' })
    await local.savePerson('branch', { ...ann, userName: 'other' })
    await local.saveGroup('hq', { key: 'g1', name: 'Dev', description: 'who builds' })
    await local.saveGroup('hq', { key: 'g2', name: 'All' })
    await local.addMember('hq', 'g1', { kind: 'user', key: 'p1' })
    await local.addMember('hq', 'g1', { kind: 'user', key: 'p1' })
    await local.addMember('hq', 'g1', { kind: 'user', key: 'p2' })
    await local.addMember('hq', 'g1', { kind: 'group', key: 'g2' })
    expect(await local.person('hq', 'p1')).toEqual(ann)
    expect((await local.groups('hq', { limit: 10 })).items).toEqual([
      { key: 'g1', name: 'Dev', description: 'who builds' },
      { key: 'g2', name: 'All' },
    ])
    const first = await local.members('hq', 'g1', { limit: 2 })
    const rest = await local.members('hq', 'g1', { limit: 2, cursor: first.next })
    expect([...first.items, ...rest.items]).toEqual([
      { kind: 'group', key: 'g2', name: 'All' },
      { kind: 'user', key: 'p1', name: 'Ann' },
      { kind: 'user', key: 'p2', name: 'bob' },
    ])
    expect((await local.people('branch', { limit: 10 })).items).toHaveLength(1)
  })

  it('finds people by name and address, and groups by name, in pages', async () => {
    const { local } = current().store
    const named = (key: string, userName: string, attributes: LocalPerson['attributes']) =>
      local.savePerson('hq', { key, userName, active: true, attributes })
    await named('p1', 'aberg', { mail: 'Anna.Berg@example.test', title: 'bergmann' })
    await named('p2', 'bob', { displayName: 'Bob Bergström' })
    await named('p3', 'cid', { mail: 'cid@example.test' })
    await local.saveGroup('hq', { key: 'g1', name: 'Bergen 100%' })
    await local.saveGroup('hq', { key: 'g2', name: 'Oslo' })
    const people = async (text: string) => {
      const { items } = await local.people('hq', { limit: 10 }, text)
      return items.map(({ key }) => key)
    }
    expect(await people('BERG')).toEqual(['p1', 'p2'])
    expect(await people('bergström')).toEqual(['p2'])
    expect(await people('bergmann')).toEqual([])
    expect(await people('%')).toEqual([])
    const first = await local.people('hq', { limit: 1 }, 'berg')
    expect((await local.people('hq', { limit: 1, cursor: first.next }, 'berg')).items).toMatchObject([{ key: 'p2' }])
    expect((await local.groups('hq', { limit: 10 }, '0%')).items).toMatchObject([{ key: 'g1' }])
  })

  it('says that it was changed after every change, and only then', async () => {
    const { local } = current().store
    const seen = [await local.changes('hq')]
    const moves = async (isChange: boolean, work: () => Promise<unknown>) => {
      await work()
      const now = await local.changes('hq')
      expect(now !== seen.at(-1)).toBe(isChange)
      seen.push(now)
    }
    const member = { kind: 'user', key: 'p1' } as const
    await moves(true, () => local.savePerson('hq', ann))
    await moves(true, () => local.saveGroup('hq', { key: 'g1', name: 'Dev' }))
    await moves(true, () => local.addMember('hq', 'g1', member))
    await moves(false, () => local.addMember('hq', 'g1', member))
    await moves(true, () => local.removeMember('hq', 'g1', member))
    await moves(false, () => local.removeMember('hq', 'g1', member))
    await moves(false, () => local.changePerson('hq', 'p1', () => undefined))
    await moves(true, () => local.changePerson('hq', 'p1', (person) => ({ ...person, active: false })))
    await moves(false, () => local.savePerson('branch', ann))
    await moves(true, () => local.removeGroup('hq', 'g1'))
    await moves(true, () => local.removePerson('hq', 'p1'))
    await moves(false, () => local.removePerson('hq', 'p1'))
  })

  it('takes people and groups out of everything when they are removed', async () => {
    const { local } = current().store
    await local.savePerson('hq', ann)
    await local.saveGroup('hq', { key: 'g1', name: 'Dev' })
    await local.saveGroup('hq', { key: 'g2', name: 'All' })
    await local.addMember('hq', 'g1', { kind: 'user', key: 'p1' })
    await local.addMember('hq', 'g2', { kind: 'group', key: 'g1' })
    expect(await local.removeMember('hq', 'g2', { kind: 'user', key: 'p1' })).toBe(false)
    expect(await local.removePerson('hq', 'p1')).toBe(true)
    expect(await local.removePerson('hq', 'p1')).toBe(false)
    expect((await local.members('hq', 'g1', { limit: 10 })).items).toEqual([])
    expect(await local.removeGroup('hq', 'g1')).toBe(true)
    expect((await local.members('hq', 'g2', { limit: 10 })).items).toEqual([])
  })

  it('refuses what another source could not hold either', async () => {
    const { local } = current().store
    const refused = { code: 'config-invalid' }
    await local.savePerson('hq', ann)
    await local.saveGroup('hq', { key: 'g1', name: 'Straße' })
    await expect(local.savePerson('hq', { ...ann, key: 'p2', userName: 'ANN' })).rejects.toMatchObject(refused)
    await expect(local.savePerson('hq', { ...ann, key: ' ' })).rejects.toMatchObject(refused)
    await expect(local.saveGroup('hq', { key: 'g2', name: 'STRAßE' })).rejects.toMatchObject(refused)
    await expect(local.addMember('hq', 'g1', { kind: 'user', key: 'nobody' })).rejects.toMatchObject(refused)
    await expect(local.addMember('hq', 'g1', { kind: 'group', key: 'g1' })).rejects.toMatchObject(refused)
    await expect(local.addMember('hq', 'no-group', { kind: 'user', key: 'p1' })).rejects.toMatchObject(refused)
    await local.savePerson('hq', { ...ann, userName: 'ann.new', active: false })
    expect(await local.person('hq', 'p1')).toMatchObject({ userName: 'ann.new', active: false })
  })

  it('finds people and groups as folded, counts them, and changes a person with nobody in between', async () => {
    const { local } = current().store
    await local.savePerson('hq', { ...ann, kept: ['a1'], origin: '4711', protected: true })
    await local.savePerson('hq', { ...ann, key: 'p2', userName: 'bob', attributes: { email: 'Bob@X.test' } })
    await local.saveGroup('hq', { key: 'g1', name: 'Dev', protected: true, connections: ['staff'] })
    await local.addMember('hq', 'g1', { kind: 'user', key: 'p1' })
    const keys = async (by: Parameters<typeof local.findPeople>[1]) =>
      (await local.findPeople('hq', by)).map(({ key }) => key)
    expect(await keys({ keys: ['p2', 'nobody'] })).toEqual(['p2'])
    expect(await keys({ userNames: ['ANN', 'bob'] })).toEqual(['p1', 'p2'])
    expect(await keys({ mails: ['bob@x.TEST', 'ANN@example.test'] })).toEqual(['p1', 'p2'])
    expect(await local.findPeople('branch', { keys: ['p1'] })).toEqual([])
    expect((await local.findGroups('hq', { names: ['DEV'] })).map(({ key }) => key)).toEqual(['g1'])
    expect(await local.groupsOf('hq', ['p1', 'p2'])).toEqual(new Map([['p1', ['g1']]]))
    expect([await local.count('hq', 'people'), await local.count('hq', { membersOf: 'g1' })]).toEqual([2, 1])

    // What is not named stays; what throws changes nothing.
    await local.savePerson('hq', { ...ann, userName: 'Ann2' })
    await local.saveGroup('hq', { key: 'g1', name: 'Dev2' })
    expect(await local.person('hq', 'p1')).toMatchObject({ kept: ['a1'], origin: '4711', protected: true })
    expect(await local.findGroups('hq', { keys: ['g1'] })).toMatchObject([{ protected: true, connections: ['staff'] }])
    await local.saveGroup('hq', { key: 'g1', name: 'Dev', protected: false, connections: null })
    expect(await local.findGroups('hq', { keys: ['g1'] })).toEqual([{ key: 'g1', name: 'Dev' }])
    const off = (person: LocalPerson) => (person.active ? { ...person, active: false } : undefined)
    expect(await local.changePerson('hq', 'p1', off)).toBe('changed')
    expect(await local.changePerson('hq', 'p1', off)).toBe('same')
    expect(await local.changePerson('hq', 'nobody', off)).toBe('absent')
    const refuse = () => {
      throw new Error('protected')
    }
    await expect(local.changePerson('hq', 'p2', refuse)).rejects.toThrow('protected')
    expect(await local.person('hq', 'p2')).toMatchObject({ userName: 'bob', active: true })
  })
})
