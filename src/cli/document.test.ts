import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary.ts'
import { type DocumentParts, readDocument } from './document.ts'

const none: DocumentParts = { file: undefined, set: [], secretEnv: [], secretFile: [], secretStdin: undefined }

function environment(stdin = '') {
  return {
    files: { readText: (path: string) => readFile(path, 'utf8'), writeText: async () => undefined },
    readStdin: async () => stdin,
  }
}

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'part.yaml')
  writeFileSync(file, text)
  return file
}

describe('a document from the command line', () => {
  it('reads values as YAML and dots as sections, on top of what was there', async () => {
    const before = { mode: 'review', guards: { creates: { floor: 20 } } }
    const set = [
      'guards.creates.floor=50',
      'guards.deactivations.cap=7',
      'users.create=false',
      'match=[link, id]',
      'note=1d',
    ]
    expect(await readDocument({ ...none, set }, 'connections', 'staff', environment(), before)).toEqual({
      mode: 'review',
      guards: { creates: { floor: 50 }, deactivations: { cap: 7 } },
      users: { create: false },
      match: ['link', 'id'],
      note: '1d',
    })
    expect(before.guards.creates.floor).toBe(20)
  })

  it('takes its part of a whole configuration, or the file as it is', async () => {
    const whole = fileWith('targets:\n  acme: { type: jira-cloud }\n  other: { type: x }\n')
    expect(await readDocument({ ...none, file: whole }, 'targets', 'acme', environment())).toEqual({
      type: 'jira-cloud',
    })
    await expect(readDocument({ ...none, file: whole }, 'targets', 'nope', environment())).rejects.toThrow(
      'has no targets.nope',
    )
    const alone = fileWith('{"type": "local"}')
    expect(await readDocument({ ...none, file: alone }, 'sources', 'hr', environment())).toEqual({ type: 'local' })
  })

  it('refers to secrets, or reads one from standard input without its line break', async () => {
    const parts = {
      ...none,
      secretEnv: ['password=LDAP_PASSWORD'],
      secretFile: ['ca=/etc/ca.pem'],
      secretStdin: 'token',
    }
    expect(await readDocument(parts, 'sources', 'corp', environment('s3cret\n'))).toEqual({
      password: { env: 'LDAP_PASSWORD' },
      ca: { file: '/etc/ca.pem' },
      token: { value: 's3cret' },
    })
    await expect(readDocument(parts, 'sources', 'corp', environment())).rejects.toThrow('Standard input was empty')
  })

  it('names line and column of a file that is not YAML', async () => {
    const file = fileWith('type: local\nhosts: [a, b\n')
    await expect(readDocument({ ...none, file }, 'sources', 'hr', environment())).rejects.toMatchObject({
      code: 'config-invalid',
      problems: [{ where: expect.stringMatching(/part\.yaml:\d+:\d+$/) }],
    })
  })

  it('cannot be led outside of the document', async () => {
    for (const set of [['__proto__.admin=true'], ['a..b=1'], ['=1'], ['novalue']]) {
      await expect(readDocument({ ...none, set }, 'sources', 'hr', environment())).rejects.toMatchObject({
        code: 'usage',
      })
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })
})
