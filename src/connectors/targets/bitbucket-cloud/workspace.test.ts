import { describe, expect, it } from 'vitest'
import { workspaceNamed } from './workspace.ts'

const uuid = (digit: string) => `{00000000-0000-4000-8000-${digit.repeat(12)}}`
const workspace = (id: string, name: string, hostUrl?: string) => ({
  id: `ari:cloud:bitbucket::workspace/${id}`,
  name,
  hostUrl,
  typeKey: 'bitbucket',
  capacity: undefined,
})

describe('the workspace that is meant', () => {
  it('is not another one of the same display name', () => {
    const renamed = workspace('1', 'Acme', 'https://bitbucket.org/acme-old')
    expect(workspaceNamed([renamed], { name: 'acme' })).toBeUndefined()
    const own = { name: 'acme', uuid: uuid('1'), slug: 'acme' }
    expect(workspaceNamed([workspace(uuid('2'), 'acme')], own)).toBeUndefined()
  })

  it('is known by its name where nothing else is told, and where id and address are written in another way', () => {
    const own = { name: 'acme', uuid: uuid('1'), slug: 'acme' }
    const told = [
      workspace('1', 'Acme'),
      workspace('1', 'Acme', 'https://bitbucket.org/'),
      workspace('1', 'Acme', `https://bitbucket.org/${uuid('1')}/`),
    ]
    for (const each of told) expect(workspaceNamed([each], own)).toBe(each)
  })
})
