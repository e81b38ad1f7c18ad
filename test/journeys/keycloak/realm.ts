import { beforeAll, describe, expect, it } from 'vitest'
import { keycloak as kind } from '../../../src/connectors/sources/keycloak/index.ts'
import { Secret } from '../../../src/platform/secret.ts'
import type { Source } from '../../../src/ports/source.ts'
import { makeCompany } from '../../../src/sandbox/company/company.ts'
import { quickClock } from '../../doubles/quick-clock.ts'
import { contextOn } from '../../doubles/scim-target.ts'
import type { Keycloak } from '../../support/keycloak.ts'
import { companyRealm, loginOf, nestedGroups, realmSecret } from '../../support/keycloak-realm.ts'
import { slapdPresent, startSlapd } from '../../support/slapd.ts'
import { configurationYaml, firstRun, sharedOffice, succeed } from '../office.ts'

const size = { people: 200, groups: 40 }
const slapd = await slapdPresent()

const soon = () => AbortSignal.timeout(60_000)

/** Reading the people of a real Keycloak. */
export function readsARealm(keycloak: () => Keycloak): void {
  describe('a realm that is read', () => {
    const office = sharedOffice()

    beforeAll(async () => {
      await keycloak().importRealm(companyRealm('acme', size))
    })

    const open = (more: object = {}): Source =>
      kind.connect(
        kind.config.parse({
          baseUrl: keycloak().url,
          realm: 'acme',
          clientId: 'reader',
          clientSecret: new Secret(realmSecret),
          pageSize: 60,
          ...more,
        }),
        contextOn(quickClock(), []),
      )

    it('tells everybody, every nested group by its path, and who was put where', async () => {
      const source = open()
      const logins = new Map<string, string>()
      const disabled: string[] = []
      for await (const { items } of source.users(soon())) {
        for (const { key, active, attributes } of items) {
          logins.set(key, String(attributes.username))
          if (!active) disabled.push(String(attributes.username))
          expect(attributes).toMatchObject({ email: `${attributes.username}@example.test`, firstName: 'Pat' })
          expect(attributes.department).toMatch(/^(Sales|Research)$/)
          expect(attributes.phones).toHaveLength(2)
        }
      }
      expect([...logins.values()].toSorted()).toEqual(Array.from({ length: size.people }, (_, at) => loginOf(at)))
      expect(disabled).toHaveLength(size.people / 20)
      const names = new Map<string, string>()
      const groups = []
      for await (const { items } of source.groups(soon())) groups.push(...items)
      for (const { key, name } of groups) names.set(key, name)
      const told: Record<string, string[]> = {}
      for (const group of groups) {
        const members: string[] = []
        for await (const { items } of source.members(group, soon())) {
          members.push(...items.map(({ kind: of, key }) => (of === 'user' ? logins.get(key) : names.get(key)) ?? key))
        }
        told[group.name] = members.toSorted()
      }
      const nested = nestedGroups(size)
      const expected = nested.map(({ path, people }) => {
        const below = nested.filter(
          (each) => each.path.length === path.length + 1 && each.path.join('/').startsWith(`${path.join('/')}/`),
        )
        return [path.join('/'), [...people.map(loginOf), ...below.map((each) => each.path.join('/'))].toSorted()]
      })
      expect(told).toEqual(Object.fromEntries(expected))
      await source.close()
    })

    it('loses nobody when somebody is deleted while it is read, and tells who is really gone', async () => {
      const api = keycloak()
      const source = open()
      const told: string[] = []
      let gone = ''
      for await (const { items } of source.users(soon())) {
        told.push(...items.map(({ key }) => key))
        if (gone !== '') continue
        gone = items[3]?.key ?? ''
        await api.call('DELETE', `/realms/acme/users/${gone}`)
      }
      const left = (await api.call('GET', '/realms/acme/users?max=1000')) as { id: string }[]
      expect(left).toHaveLength(size.people - 1)
      expect(left.filter(({ id }) => !told.includes(id))).toEqual([])
      expect(await source.overlooked?.('user', [gone, left[0]?.id ?? ''], soon())).toEqual([left[0]?.id])
      await source.close()
    })

    it('is not empty for a client that may only search or may do nothing, but forbidden', async () => {
      for (const clientId of ['searcher', 'stranger']) {
        const source = open({ clientId })
        await expect(source.users(soon())[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'forbidden' })
        await source.close()
      }
      const wrong = open({ clientSecret: new Secret('another') })
      await expect(wrong.users(soon())[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'auth-failed' })
      const nowhere = open({ realm: 'ACME' })
      await expect(nowhere.users(soon())[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'config-invalid',
      })
    })

    it('goes through the doctor, a search, a plan and a first run to nothing to do', async () => {
      const { sandbox, write, type } = office()
      write('realm-secret', realmSecret)
      const yaml = configurationYaml(sandbox, { realm: 'SOURCE' }).replace(
        '{ type: file, SOURCE }',
        `{ type: keycloak, baseUrl: "${keycloak().url}", realm: acme, clientId: reader, clientSecret: { file: realm-secret } }`,
      )
      write('realm.yaml', yaml)
      await succeed(office(), 'import {realm.yaml}')
      const { said } = await type('check realm')
      expect(said).toMatch(/with the roles (query-groups, query-users, view-users|view-users|.*view-users.*);/)
      expect(said).toContain('199 people')
      expect((await succeed(office(), `find realm ${loginOf(8)}`)).said).toContain(`${loginOf(8)}@example.test`)
      await firstRun(office(), 'realm')
      expect((await succeed(office(), 'sync realm')).said).toContain('Nothing to do: the target is as it should be.')
    })

    it.skipIf(!slapd.present)(`whose people live in an LDAP directory is told whole${slapd.skipReason}`, async () => {
      const company = makeCompany('small').directory
      const server = await startSlapd({ company })
      try {
        const api = keycloak()
        await api.importRealm(companyRealm('federated', { people: 5, groups: 2 }))
        const { id } = (await api.call('GET', '/realms/federated')) as { id: string }
        await api.call('POST', '/realms/federated/components', {
          name: 'ldap',
          providerId: 'ldap',
          providerType: 'org.keycloak.storage.UserStorageProvider',
          parentId: id,
          config: Object.fromEntries(
            Object.entries({
              vendor: 'other',
              connectionUrl: `ldap://127.0.0.1:${server.port}`,
              usersDn: server.baseDn,
              bindDn: server.reader.dn,
              bindCredential: server.reader.password,
              authType: 'simple',
              editMode: 'READ_ONLY',
              importEnabled: 'true',
              pagination: 'true',
              searchScope: '2',
              usernameLDAPAttribute: 'uid',
              rdnLDAPAttribute: 'uid',
              uuidLDAPAttribute: 'entryUUID',
              userObjectClasses: 'inetOrgPerson',
            }).map(([name, value]) => [name, [value]]),
          ),
        })
        const source = open({ realm: 'federated', pageSize: 20 })
        const told = new Set<string>()
        for await (const { items } of source.users(soon()))
          for (const { attributes } of items) told.add(String(attributes.username))
        expect(company.people.filter(({ login }) => !told.has(login.toLowerCase()))).toEqual([])
        await source.close()
      } finally {
        await server.stop()
      }
    })
  })
}
