import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProvisioningError } from '../../../domain/errors.ts'
import { normalDn } from '../../kit/dn.ts'
import { config } from './config.ts'
import { CsvReader } from './csv.ts'
import { Faults } from './faults.ts'
import { fileSetOf, localPlace, readFiles } from './reader.ts'
import type { FileRead } from './records.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-cuts-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function read(
  name: string,
  text: string | Uint8Array,
  settings: Record<string, unknown> = {},
): Promise<FileRead> {
  await writeFile(join(folder, name), text)
  const parsed = config.parse({ path: name, ...settings })
  return readFiles(fileSetOf(parsed, 'hr'), parsed, localPlace(folder, parsed), AbortSignal.timeout(120_000))
}

/** The keys a read told, or undefined when it was refused as it must be. */
async function keysOrRefused(name: string, text: Uint8Array, settings: Record<string, unknown> = {}) {
  try {
    return summary(await read(name, text, settings))
  } catch (error) {
    if (error instanceof ProvisioningError && ['incomplete-read', 'config-invalid'].includes(error.code))
      return undefined
    throw error
  }
}

function summary({ users, groups }: FileRead) {
  return {
    users: users.map(({ key, active, attributes }) => ({ key, active, attributes })),
    groups: groups.map(({ key, name, members }) => ({ key, name, members })),
  }
}

// No zero and no half characters: files refuse them.
const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((each) => !each.includes('\0') && each.isWellFormed())
const shown = (value: string) => (value.trim() === '' ? null : value)

const people = fc.uniqueArray(
  fc.record({ key: fc.stringMatching(/^[a-z0-9]{1,8}$/), name: text, note: text, active: fc.boolean() }),
  {
    selector: (person) => person.key,
    minLength: 1,
    maxLength: 12,
  },
)

type Person = { readonly key: string; readonly name: string; readonly note: string; readonly active: boolean }

const cell = (value: string) => `"${value.replaceAll('"', '""')}"`

function csvOf(list: readonly Person[], delimiter = ',', end = '\n'): string {
  const rows = list.map(({ key, name, note, active }) => [key, cell(name), cell(note), String(active)].join(delimiter))
  return [['id', 'name', 'note', 'active'].join(delimiter), ...rows, ''].join(end)
}

function jsonOf(list: readonly Person[]): string {
  const groups = [{ id: 'G-1', name: 'dev', members: list.map((person) => person.key) }]
  return `${JSON.stringify({ people: list.map((person) => ({ ...person, id: person.key })), groups }, null, 1)}\n`
}

function ldifOf(list: readonly Person[]): string {
  const records = list.map((person) => {
    const line = `cn:: ${Buffer.from(person.name).toString('base64')}`
    // Folded at an odd place, as exports do at 76 characters.
    const folded = line.length > 9 ? `${line.slice(0, 9)}\n ${line.slice(9)}` : line
    const lock = person.active ? '' : 'nsAccountLock: TRUE\n'
    return `dn: uid=${person.key},dc=x\nobjectClass: person\nuid: ${person.key}\n${folded}\n${lock}`
  })
  const members = list.map((person) => `member: UID=${person.key.toUpperCase()}, dc=X\n`).join('')
  return [...records, `dn: cn=dev,dc=x\nobjectClass: groupOfNames\ncn: dev\n${members}`, ''].join('\n')
}

const runs = { numRuns: 60 }

describe('what is written is what is read', () => {
  it('in CSV, whatever the cells hold', async () => {
    const delimiters = fc.constantFrom(',', ';', '\t', '|')
    const ends = fc.constantFrom('\n', '\r\n')
    await fc.assert(
      fc.asyncProperty(people, delimiters, ends, async (list, delimiter, end) => {
        const told = await read('p.csv', csvOf(list, delimiter, end))
        expect(told.users).toEqual(
          list.map(({ key, name, note, active }) => ({
            key,
            active,
            attributes: { id: key, name: shown(name), note: shown(note), active: String(active) },
          })),
        )
      }),
      runs,
    )
  })

  it('in JSON, whatever the texts hold', async () => {
    await fc.assert(
      fc.asyncProperty(people, async (list) => {
        const told = await read('p.json', jsonOf(list))
        expect(
          told.users.map(({ key, active, attributes }) => [key, active, attributes.name, attributes.note]),
        ).toEqual(list.map(({ key, active, name, note }) => [key, active, shown(name), shown(note)]))
        expect(told.groups[0]?.members).toHaveLength(list.length)
      }),
      runs,
    )
  })

  it('in LDIF, whatever the values hold', async () => {
    await fc.assert(
      fc.asyncProperty(people, async (list) => {
        const told = await read('p.ldif', ldifOf(list))
        expect(told.users.map(({ key, active, attributes }) => [key, active, attributes.cn])).toEqual(
          list.map(({ key, active, name }) => [key, active, shown(name)]),
        )
        expect(told.groups[0]?.members).toEqual(list.map(({ key }) => ({ kind: 'user', key })))
      }),
      runs,
    )
  })
})

describe('a file that is cut anywhere', () => {
  const cut = (whole: string, part: number) => {
    const bytes = Buffer.from(whole)
    return bytes.subarray(0, Math.floor(part * (bytes.length - 1)))
  }
  const part = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

  it('is never a complete and shorter read in JSON', async () => {
    await fc.assert(
      fc.asyncProperty(people, part, async (list, at) => {
        const told = await keysOrRefused('c.json', cut(jsonOf(list).trimEnd(), at))
        expect(told).toBeUndefined()
      }),
      { numRuns: 150 },
    )
  })

  it('is never a complete and shorter read in LDIF inside a record', async () => {
    await fc.assert(
      fc.asyncProperty(people, part, async (list, at) => {
        const bytes = cut(ldifOf(list), at)
        // Between two records nothing shows that more would follow; a closing line does.
        if (bytes.toString().endsWith('\n\n')) return
        expect(await keysOrRefused('c.ldif', bytes)).toBeUndefined()
      }),
      { numRuns: 150 },
    )
  })

  for (const format of ['csv', 'ldif'] as const) {
    it(`is never a complete and shorter read in ${format} with a closing line`, async () => {
      await fc.assert(
        fc.asyncProperty(people, part, async (list, at) => {
          const records = format === 'csv' ? list.length : list.length + 1
          const text = `${format === 'csv' ? csvOf(list) : ldifOf(list)}# END ${records}`
          const whole = summary(await read(`w.${format}`, text, { trailer: '# END' }))
          const told = await keysOrRefused(`t.${format}`, cut(text, at), { trailer: '# END' })
          // Only the count may be missing: then every record was there.
          expect(told ?? whole).toEqual(whole)
        }),
        { numRuns: 150 },
      )
    })
  }

  it('is at most a read of whole rows in CSV without a closing line', async () => {
    await fc.assert(
      fc.asyncProperty(people, part, async (list, at) => {
        const whole = summary(await read('w.csv', csvOf(list)))
        const told = await keysOrRefused('c.csv', cut(csvOf(list), at))
        if (told !== undefined) expect(told.users).toEqual(whole.users.slice(0, told.users.length))
      }),
      { numRuns: 150 },
    )
  })
})

describe('the CSV reader', () => {
  it('agrees with an independent reader on every valid text, in pieces of any size', () => {
    const value = fc.string({ unit: fc.constantFrom('a', 'é', ',', ';', '"', '\n', '\r\n', ' ', '😀'), maxLength: 8 })
    const rows = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 7 }), fc.boolean(), (list, size, ended) => {
        const written = list
          .map((row) => row.map((each) => (/[",;\r\n]/.test(each) ? cell(each) : each)).join(','))
          .join('\n')
        const whole = ended ? `${written}\n` : written
        const faults = new Faults()
        const reader = new CsvReader('x.csv', faults, ',')
        const told: (readonly string[])[] = []
        for (let at = 0; at < whole.length; at += size) {
          for (const row of reader.read(whole.slice(at, at + size))) told.push(row.cells)
        }
        for (const row of reader.end()) told.push(row.cells)
        expect(faults.any).toBe(false)
        expect(told).toEqual(parseCsv(whole, { record_delimiter: '\n' }))
      }),
      { numRuns: 500 },
    )
  })

  it('ends with rows or with our own error, whatever the text is', () => {
    const wild = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '|'), maxLength: 40 })
    fc.assert(
      fc.property(wild, (whole) => {
        try {
          const reader = new CsvReader('x.csv', new Faults())
          reader.read(whole)
          reader.end()
        } catch (error) {
          expect(error).toBeInstanceOf(ProvisioningError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('distinguished names', () => {
  const same: readonly (readonly [string, string])[] = [
    ['CN=Ann Lee,OU=People,DC=x', 'cn=ann  lee , ou=people, dc=X'],
    ['cn=Lee\\, Ann,dc=x', 'cn=Lee\\2C Ann,dc=x'],
    ['cn=\\#1,dc=x', 'cn=#1,dc=x'],
    ['cn=Zo\\C3\\AB,dc=x', 'cn=Zoë,dc=x'],
    ['cn="Lee, Ann",dc=x', 'cn=Lee\\, Ann,dc=x'],
    ['cn=a+uid=b,dc=x', 'UID=b+CN=a,dc=x'],
    ['OID.2.5.4.3=a', '2.5.4.3=a'],
  ]
  for (const [one, other] of same) {
    it(`are one: ${one} and ${other}`, () => expect(normalDn(one)).toBe(normalDn(other)))
  }

  it('are two when a comma is part of a value in one of them', () => {
    expect(normalDn('cn=a\\,ou=b,dc=x')).not.toBe(normalDn('cn=a,ou=b,dc=x'))
    expect(normalDn('cn=a\\+sn=b')).not.toBe(normalDn('cn=a+sn=b'))
  })
})
