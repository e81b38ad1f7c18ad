import { describe, expect, it } from 'vitest'
import type { ConfigObject } from '../ports/configuration.ts'
import { settingsChange } from './settings-change.ts'

type Documents = readonly Readonly<Record<string, unknown>>[]

/** Saved versions of the three objects, the oldest first; what changed from the first of each to the last. */
function changed(saved: { connection: Documents; source?: Documents; target?: Documents; kept?: boolean }) {
  const versions = (kind: ConfigObject['kind'], key: string, documents: Documents = [{ type: 'x' }]) =>
    documents.map(
      (document, index): ConfigObject => ({
        kind,
        key,
        version: index + 1,
        document,
        owner: 'store',
        savedAt: 0,
        savedBy: 'os:anna',
      }),
    )
  const all = {
    connection: versions('connection', 'staff', saved.connection),
    source: versions('source', 'hr', saved.source),
    target: versions('target', 'acme', saved.target),
  }
  const history = async (kind: ConfigObject['kind']) => (saved.kept === false ? all[kind].slice(-1) : all[kind])
  const now = {
    connection: all.connection.at(-1)!,
    source: all.source.at(-1)!,
    target: all.target.at(-1)!,
    secrets: { source: ['password'], target: ['apiToken'] },
  }
  const past = { connection: 1, source: { key: 'hr', version: 1 }, target: { key: 'acme', version: 1 } }
  return settingsChange({ history }, now, past)
}

const ends = { source: 'hr', target: 'acme' }

describe('what changed in the settings', () => {
  it('is told setting by setting, from what to what', async () => {
    const before = { ...ends, users: { create: true, onLeft: [{ after: '7d', action: 'deactivate' }] } }
    const after = { ...ends, users: { create: false, onLeft: [{ after: '1d', action: 'deactivate' }] }, priority: 5 }
    const { changes, former } = await changed({ connection: [before, after] })
    expect(changes).toEqual([
      'priority: (not set) -> 5',
      'users.create: true -> false',
      'users.onLeft: [{"after":"7d","action":"deactivate"}] -> [{"after":"1d","action":"deactivate"}]',
    ])
    expect(former).toMatchObject({ key: 'staff', version: 1, users: { create: true }, priority: 0 })
  })

  it('leaves out when something runs and what it is called', async () => {
    const before = { ...ends, mode: 'review', schedule: { every: '6h' } }
    const after = {
      ...ends,
      mode: 'automatic',
      schedule: { every: '1h', timezone: 'UTC' },
      displayName: 'Staff',
      sharedReadAge: '0s',
    }
    expect((await changed({ connection: [before, after] })).changes).toEqual([])
  })

  it('tells also who decides, where two people were asked for', async () => {
    const before = { ...ends, mode: 'review', review: { fourEyes: true, validFor: '2d' } }
    const told = async (after: object) => {
      const { changes, secondPerson = false } = await changed({ connection: [before, { ...before, ...after }] })
      return [...changes, secondPerson]
    }
    expect(await told({ mode: 'automatic' })).toEqual(['mode: "review" -> "automatic"', true])
    expect(await told({ review: { fourEyes: false, validFor: '2d' } })).toEqual([
      'review.fourEyes: true -> false',
      true,
    ])
    expect((await told({ review: undefined })).at(-1)).toBe(true)
    expect(await told({ review: { fourEyes: true, validFor: '9d' } })).toEqual([false])
    expect(await told({ priority: 5 })).toEqual(['priority: (not set) -> 5', false])
  })

  it('names settings of both ends, secrets without their values', async () => {
    const { changes, former } = await changed({
      connection: [ends],
      source: [
        { type: 'ldap', baseDn: 'dc=a', password: { env: 'OLD' } },
        { type: 'ldap', baseDn: 'dc=b', password: { env: 'NEW' } },
      ],
      target: [
        { type: 'jira-cloud', apiToken: { file: 'a' }, apiTokenExpires: '2027-01-01' },
        { type: 'jira-cloud', apiToken: { sealed: true }, apiTokenExpires: '2028-01-01' },
      ],
    })
    expect(changes).toEqual([
      'source "hr": baseDn: "dc=a" -> "dc=b"',
      'source "hr": password was changed',
      'target "acme": apiToken was changed',
    ])
    // The rules are the same, so there is nothing to compare the plan with.
    expect(former).toBeUndefined()
  })

  it('compares rules only where they joined the same two ends', async () => {
    const { changes, former } = await changed({ connection: [{ ...ends, source: 'old' }, ends] })
    expect(changes).toEqual(['source: "old" -> "hr"'])
    expect(former).toMatchObject({ source: 'old' })
  })

  it('does without former rules that can no longer be read', async () => {
    const { changes, former } = await changed({ connection: [{ ...ends, gone: 1 }, ends] })
    expect(changes).toEqual(['gone: 1 -> (not set)'])
    expect(former).toBeUndefined()
  })

  it('says so when the former settings are not kept', async () => {
    const { changes } = await changed({ connection: [ends, { ...ends, priority: 1 }], kept: false })
    expect(changes).toEqual(['The former settings of the connection are not kept any more.'])
  })

  it('shortens long values', async () => {
    const many = { ...ends, guards: { neverTouch: Array.from({ length: 100 }, (_, index) => `p${index}@x.test`) } }
    const { changes } = await changed({ connection: [ends, many] })
    expect(changes[0]!.length).toBeLessThan(150)
  })
})
