import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProvisioningError } from '../../../domain/errors.ts'
import type { SourceGroup, SourceUser } from '../../../domain/identity.ts'
import { mappingRule } from '../../../domain/mapping.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { LocalDirectory } from '../../../ports/local-directory.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import type { Source } from '../../../ports/source.ts'
import { testSource } from '../../kit/source-conformance.ts'
import badFiles from './bad-files.cases.json' with { type: 'json' }
import goodFiles from './good-files.cases.json' with { type: 'json' }
import { file } from './index.ts'

const now = Date.UTC(2026, 0, 15)
let root = ''
let folders = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'file-source-'))
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

type Files = Readonly<Record<string, string | Uint8Array | undefined>>

async function folderWith(files: Files): Promise<string> {
  folders += 1
  const folder = join(root, String(folders))
  await mkdir(folder)
  for (const [name, text] of Object.entries(files)) if (text !== undefined) await writeFile(join(folder, name), text)
  return folder
}

function sourceIn(baseDir: string, settings: Record<string, unknown>, at = now): Source {
  const context: ConnectorContext = {
    key: 'hr',
    now: () => at,
    log: () => undefined,
    baseDir,
    localDirectory: {} as LocalDirectory,
    instanceId: 'test',
  }
  return file.connect(file.config.parse(settings), context)
}

const signal = () => AbortSignal.timeout(120_000)

async function drain<Item>(pages: AsyncIterable<Page<Item>>): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of pages) items.push(...page.items)
  return items
}

async function check(source: Source): Promise<CheckStep[]> {
  const steps: CheckStep[] = []
  for await (const step of source.check(signal())) steps.push(step)
  return steps
}

function byKey(groups: readonly SourceGroup[]): Record<string, string[]> {
  return Object.fromEntries(
    groups.map(({ key, members }) => [key, (members ?? []).map((member) => `${member.kind}:${member.key}`).toSorted()]),
  )
}

async function failureOf(source: Source): Promise<ProvisioningError> {
  try {
    await drain(source.users(signal()))
  } catch (error) {
    if (error instanceof ProvisioningError) return error
    throw error
  }
  throw new Error('the read ended as if it were complete')
}

describe('good files', () => {
  for (const { name, settings, files, users, groups, notices, incomplete } of goodFiles as readonly GoodFile[]) {
    it(name, async () => {
      const source = sourceIn(await folderWith(files), settings)
      expect(await drain(source.users(signal()))).toEqual(users)
      const expected = Object.fromEntries(Object.entries(groups).map(([key, members]) => [key, members.toSorted()]))
      expect(byKey(await drain(source.groups(signal())))).toEqual(expected)
      expect([...(source.incompleteMembers?.().keys() ?? [])]).toEqual(incomplete ?? [])
      expect(source.notices()).toHaveLength(notices?.length ?? 0)
      for (const [nth, notice] of (notices ?? []).entries()) expect(source.notices()[nth]).toContain(notice)
    })
  }
})

interface GoodFile {
  readonly name: string
  readonly settings: Record<string, unknown>
  readonly files: Files
  readonly users: readonly SourceUser[]
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly notices?: readonly string[]
  readonly incomplete?: readonly string[]
}

describe('bad files', () => {
  for (const { name, settings, files, code, says } of badFiles) {
    it(name, async () => {
      const source = sourceIn(await folderWith(files), settings)
      const error = await failureOf(source)
      expect(error.code).toBe(code)
      const told =
        code === 'config-invalid' ? [error.message] : error.problems.map((each) => `${each.where} ${each.message}`)
      expect(told).toHaveLength(says.length)
      for (const [nth, sentence] of says.entries()) expect(told[nth]).toContain(sentence)
      expect(error.message).toContain(code === 'config-invalid' ? '' : (error.problems[0]?.where ?? '?'))
      await expect(drain(source.groups(signal()))).rejects.toMatchObject({ code })
      const steps = await check(sourceIn(await folderWith(files), settings))
      expect(steps.at(-1)).toMatchObject({ status: 'failed', code })
    })
  }

  it('stops naming faults after fifty and says that there are more', async () => {
    const rows = Array.from({ length: 200 }, (_, nth) => `${nth},a,b`).join('\n')
    const error = await failureOf(sourceIn(await folderWith({ 'p.csv': `id,mail\n${rows}\n` }), { people: 'p.csv' }))
    expect(error.problems).toHaveLength(50)
    expect(error.message).toContain('more than 49 more')
  })
})

describe('encodings', () => {
  it('names UTF-16 as such', async () => {
    const folder = await folderWith({ 'p.csv': Buffer.from('\uFEFFid,mail\n1,a\n', 'utf16le') })
    const error = await failureOf(sourceIn(folder, { people: 'p.csv' }))
    expect(error).toMatchObject({ code: 'incomplete-read', message: expect.stringContaining('looks like UTF-16') })
  })

  it('names line and column of the first byte that is not UTF-8, also far into a file', async () => {
    const many = Array.from({ length: 20_000 }, (_, nth) => `${nth},Zoë`).join('\n')
    const bad = Buffer.concat([Buffer.from(`id,name\n${many}\n20000,Zo`), Buffer.from([0xeb]), Buffer.from('\n')])
    const error = await failureOf(sourceIn(await folderWith({ 'p.csv': bad }), { people: 'p.csv' }))
    expect(error.message).toContain('p.csv:20002:9: this is not UTF-8 text')
  })

  it('recognises a file that ends inside a character', async () => {
    const bad = Buffer.from('id,name\n1,é\n2,é').subarray(0, -1)
    const error = await failureOf(sourceIn(await folderWith({ 'p.csv': bad }), { people: 'p.csv' }))
    expect(error.message).toContain('p.csv:3:3: this is not UTF-8 text')
  })

  it('keeps characters whole that lie across the border of two pieces', async () => {
    const long = `${'x'.repeat(65_530)}${'é€😀'.repeat(30_000)}`
    const source = sourceIn(await folderWith({ 'p.csv': `id,name\n1,${long}\n` }), { people: 'p.csv' })
    expect((await drain(source.users(signal())))[0]?.attributes.name).toBe(long)
  })

  it('says at once that another encoding cannot be configured', () => {
    expect(() => file.config.parse({ people: 'p.csv', encoding: 'latin1' })).toThrow('only utf-8 is read')
  })
})

describe('the file itself', () => {
  it('is never taken for nobody when it is missing', async () => {
    const error = await failureOf(sourceIn(root, { people: 'nowhere.csv' }))
    expect(error).toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('nowhere.csv does not exist'),
    })
  })

  it('is reported when it may not be read', async () => {
    const folder = await folderWith({ 'p.csv': 'id,mail\n1,a\n' })
    await chmod(join(folder, 'p.csv'), 0)
    const isRoot = process.getuid?.() === 0
    // Everything is readable for root, so root steps down for a moment.
    if (isRoot) process.seteuid?.(65_534)
    try {
      expect(await failureOf(sourceIn(folder, { people: 'p.csv' }))).toMatchObject({ code: 'forbidden' })
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
  })

  it('is refused when it is a folder', async () => {
    expect(await failureOf(sourceIn(root, { people: '.', format: 'csv' }))).toMatchObject({ code: 'config-invalid' })
  })

  it('is refused when it is bigger than agreed', async () => {
    const folder = await folderWith({ 'p.csv': `id,name\n1,${'x'.repeat(1_100_000)}\n` })
    const error = await failureOf(sourceIn(folder, { people: 'p.csv', maxSizeMb: 1 }))
    expect(error).toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('at most 1.0 MB are read'),
    })
  })

  it('is read as one state: people and groups come from the same pass', async () => {
    const folder = await folderWith({ 'd.json': '{"people":[{"id":"1"}],"groups":[{"id":"g","members":["1"]}]}' })
    const source = sourceIn(folder, { path: 'd.json' })
    expect(await drain(source.users(signal()))).toHaveLength(1)
    await writeFile(join(folder, 'd.json'), '{"people":[{"id":"1"}],"groups":[]}')
    expect(byKey(await drain(source.groups(signal())))).toEqual({ g: ['user:1'] })
  })

  it('is not trusted when it changes while it is read', async () => {
    const row = (nth: number) => `${nth},${'x'.repeat(200)}\n`
    const text = `id,name\n${Array.from({ length: 40_000 }, (_, nth) => row(nth)).join('')}`
    const folder = await folderWith({ 'p.csv': text })
    const reading = failureOf(sourceIn(folder, { people: 'p.csv' }))
    await writeFile(join(folder, 'p.csv'), text)
    expect(await reading).toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('was changed while'),
    })
  })

  it('leads to a warning in doctor and run when it is older than agreed', async () => {
    const folder = await folderWith({ 'p.csv': 'id,mail\n1,a@x.test\n' })
    const later = (await stat(join(folder, 'p.csv'))).mtimeMs + 5 * 86_400_000
    const source = sourceIn(folder, { people: 'p.csv', maxAge: '2d' }, later)
    expect(await check(source)).toContainEqual(expect.objectContaining({ name: 'file', status: 'warning' }))
    expect(source.notices()[0]).toContain('was last changed 5 days ago')
  })

  it('says in the doctor how columns were understood and that a login is a weak id', async () => {
    const steps = await check(
      sourceIn(await folderWith({ 'p.csv': 'login,mail\nann,a@x.test\n' }), { people: 'p.csv' }),
    )
    expect(steps.map((step) => `${step.status} ${step.name}`)).toEqual([
      'ok file',
      'ok read-users',
      'ok read-groups',
      'ok columns',
      'warning ids',
    ])
    expect(steps[3]?.message).toBe(
      'p.csv: id = "login", login = "login", e-mail = "mail", everybody is active (no such column)',
    )
  })

  it('reads people of a JSON that does not speak of groups, but proves nothing about groups', async () => {
    const source = sourceIn(await folderWith({ 'd.json': '{"people":[{"id":"1"}]}' }), { path: 'd.json' })
    expect(await drain(source.users(signal()))).toHaveLength(1)
    await expect(drain(source.groups(signal()))).rejects.toMatchObject({ code: 'incomplete-read' })
  })
})

describe('settings', () => {
  const invalid: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['no file', {}, 'names no file'],
    ['two main files', { path: 'a.json', people: 'b.csv' }, 'names both path and people'],
    ['an unknown ending', { path: 'people.xlsx' }, 'cannot be told from its name'],
    ['a groups file beside JSON', { path: 'a.json', groups: 'g.csv' }, 'json is one file'],
    ['a closing line in JSON', { path: 'a.json', trailer: '#END' }, 'JSON cannot have'],
  ]
  for (const [name, settings, message] of invalid) {
    it(`are refused: ${name}`, () => {
      expect(() => sourceIn(root, settings)).toThrow(
        expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(message) }),
      )
    })
  }

  it('change the fingerprint when they change what is read, not when they change limits', () => {
    const base = sourceIn(root, { people: 'p.csv' }).readFingerprint
    expect(sourceIn(root, { people: 'p.csv', idColumn: 'nr' }).readFingerprint).not.toBe(base)
    expect(sourceIn(root, { people: 'p.csv', groups: 'g.csv' }).readFingerprint).not.toBe(base)
    expect(sourceIn(root, { people: 'p.csv', maxSizeMb: 9, maxAge: '1d', trailer: '#END' }).readFingerprint).toBe(base)
  })
})

describe('the default mapping', () => {
  const mapped = (attribute: string, attributes: Record<string, string | null>, settings = {}) => {
    const rule = sourceIn(root, { people: 'p.csv', ...settings }).defaultMapping[attribute]
    return rule === undefined ? 'no rule' : mappingRule(rule)(attributes)
  }

  it('finds the usual names of e-mail and login, and only configured ones where configured', () => {
    expect(mapped('email', { 'E-Mail': 'a@x.test' })).toBe('a@x.test')
    expect(mapped('userName', { sAMAccountName: 'ann' })).toBe('ann')
    expect(mapped('email', { mail: 'a@x.test', post: 'b@x.test' }, { emailColumn: 'post' })).toBe('b@x.test')
    expect(mapped('email', { mail: null })).toBe(null)
    expect(mapped('email', {})).toBe(undefined)
  })

  it('takes the full name, else given name and surname', () => {
    expect(mapped('displayName', { displayName: 'Dr. Ann Lee', givenName: 'Ann', sn: 'Lee' })).toBe('Dr. Ann Lee')
    expect(mapped('displayName', { givenName: 'Ann', sn: 'Lee' })).toBe('Ann Lee')
    expect(mapped('displayName', { displayName: null, 'First Name': 'Ann', 'Last Name': 'Lee' })).toBe('Ann Lee')
    expect(mapped('displayName', { name: 'Ann' })).toBe('Ann')
    expect(mapped('displayName', {})).toBe(undefined)
  })
})

const conformance = {
  people: 'id,login,mail,password\n1,ann,ann@x.test,hunter-2\n2,bob,bob@x.test,hunter-3\n',
  groups: 'id,name\ng,Developers\nh,Everybody\n',
  memberships: 'group,member\ng,1\nh,g\nh,bob\n',
}

async function opened(files: Files) {
  const folder = await folderWith(files)
  const names = Object.keys(files)
  return {
    source: sourceIn(folder, { people: 'people.csv', groups: 'groups.csv', memberships: 'memberships.csv' }),
    state: () =>
      Promise.all(
        names.map(async (name) => {
          const { mtimeMs, ctimeMs, size } = await stat(join(folder, name))
          return { name, mtimeMs, ctimeMs, size, text: await readFile(join(folder, name), 'utf8') }
        }),
      ),
    close: async () => undefined,
  }
}

const whole: Files = {
  'people.csv': conformance.people,
  'groups.csv': conformance.groups,
  'memberships.csv': conformance.memberships,
}

it('local files have the fingerprint they always had, so that an update takes no proof away', () => {
  expect(sourceIn('.', { path: 'a.json' }).readFingerprint).toBe('file:d8367a91a8118cb76d04191493fcb481')
})

testSource('file', {
  known: { users: ['1', '2'], groups: ['g', 'h'], members: { g: ['user:1'], h: ['group:g', 'user:2'] } },
  open: () => opened(whole),
  secrets: ['hunter'],
  broken: [
    {
      name: 'a cut row',
      part: 'users',
      open: () => opened({ ...whole, 'people.csv': conformance.people.slice(0, -22) }),
    },
    { name: 'a missing file', part: 'groups', open: () => opened({ ...whole, 'groups.csv': undefined }) },
    {
      name: 'an open quote',
      part: 'groups',
      open: () => opened({ ...whole, 'memberships.csv': `${conformance.memberships}"g,1\n` }),
    },
    {
      name: 'a password in a row that is too long',
      part: 'users',
      open: () => opened({ ...whole, 'people.csv': `${conformance.people}3,c,d,hunter-4,e\n` }),
    },
  ],
})
