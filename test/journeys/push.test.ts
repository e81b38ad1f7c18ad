import { describe, expect, it } from 'vitest'
import { configurationYaml, sharedOffice, succeed } from './office.ts'

const open = sharedOffice()

/** The connection of a file source, turned to a pushed one; the limits on creations stay as shipped in `guards`. */
function pushedYaml(key: string, mode: string): string {
  return configurationYaml(open().sandbox, { [key]: 'path: none.json' }, { mode }).replace(
    'type: file, path: none.json',
    'type: scim-push',
  )
}

/** An identity provider with the token it was given. */
async function provider(source: string) {
  const { url, client } = open()
  const { value } = await client.push.createToken({ params: { key: source }, body: {} })
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/scim/${source}/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${value}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : (JSON.parse(text) as { readonly id: string })
  }
}

/** Waits for the site; the time-out of the test is the limit. */
async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    if (await holds()) return
    if (tries > 1200) throw new Error(`Never came true: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const site = () => open().sandbox.control.state()
const personAt = (email: string) => site().people.find((each) => each.email === email)
const inGroup = (email: string, group: string) => personAt(email)?.groups.includes(group) === true

describe('what an identity provider pushes', { timeout: 300_000 }, () => {
  it('reaches the site by itself: a joiner, a group, and after the baseline a leaver', async () => {
    const office = open()
    office.write('push.yaml', pushedYaml('idp', 'automatic'))
    await succeed(office, 'import {push.yaml}')
    const call = await provider('idp')
    const ann = await call('POST', '/Users', {
      userName: 'ann.push@acme.example',
      displayName: 'Ann Push',
      emails: [{ value: 'ann.push@acme.example', primary: true }],
    })
    const bob = await call('POST', '/Users', { userName: 'bob.push@acme.example', displayName: 'Bob Push' })
    const both = (wanted: boolean) =>
      ['ann', 'bob'].every((login) => inGroup(`${login}.push@acme.example`, 'pushed-team') === wanted)
    const group = await call('POST', '/Groups', {
      displayName: 'pushed-team',
      members: [{ value: ann!.id }, { value: bob!.id }],
    })
    await until('both are in the group', () => both(true))
    expect(personAt('ann.push@acme.example')?.status).toBe('active')

    // Before the baseline nothing is taken away.
    await call('PATCH', `/Users/${bob!.id}`, { Operations: [{ op: 'replace', value: { active: false } }] })
    await call('PATCH', `/Groups/${group!.id}`, {
      Operations: [{ op: 'Remove', path: 'members', value: [{ value: ann!.id }] }],
    })
    await call('POST', '/Users', { userName: 'carl.push@acme.example' })
    await until('carl is there', () => personAt('carl.push@acme.example') !== undefined)
    expect(personAt('bob.push@acme.example')?.status).toBe('active')
    expect(both(true)).toBe(true)

    const declared = await succeed(office, 'sources baseline idp')
    expect(declared.said).toContain('declared with 3 people and 1 group')
    await until('bob is suspended', () => personAt('bob.push@acme.example')?.status === 'suspended')
    await until('ann left the group', () => !inGroup('ann.push@acme.example', 'pushed-team'))

    const steps = await succeed(office, 'sources setup idp --provider okta')
    expect(steps.said).toContain('SCIM connector base URL: ')
    expect(steps.said).toContain('/scim/idp/v2')
    expect((await succeed(office, 'sources setup idp')).said).toContain('JumpCloud')
    expect((await office.type('sources setup idp --provider nobody')).said).toContain('There are some for entra, okta')

    const status = await succeed(office, 'sources push idp')
    expect(status.said).toContain('3 people (1 inactive), 1 group')
    const { items: runs } = await office.client.runs.list({ query: { limit: 100 } })
    expect(new Set(runs.map(({ trigger }) => trigger))).toEqual(new Set(['push']))
  })

  it('waits for a person where the connection is not automatic', async () => {
    const office = open()
    office.write('slow.yaml', pushedYaml('slow', 'review'))
    await succeed(office, 'import {slow.yaml}')
    const call = await provider('slow')
    await call('POST', '/Users', { userName: 'sue.push@acme.example' })
    const { items } = await office.client.runs.list({ query: { limit: 100, connection: 'slow' } })
    expect(items).toEqual([])
    await succeed(office, 'plan slow --quiet')
    expect(personAt('sue.push@acme.example')).toBeUndefined()
  })
})
