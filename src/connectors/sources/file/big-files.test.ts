import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { config } from './config.ts'
import { fileSetOf, localPlace, readFiles } from './reader.ts'

const peopleCount = 100_000
const groupCount = 10_000
const groupsEach = 10

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-big-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

function* numbers(count: number): Generator<number> {
  for (let nth = 0; nth < count; nth++) yield nth
}

function* together(...parts: readonly Iterable<string>[]): Generator<string> {
  for (const part of parts) yield* part
}

const groupOf = (person: number, nth: number) => (person * 7 + nth * 997) % groupCount

async function write(name: string, lines: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(batches(lines)), createWriteStream(join(folder, name)))
}

function* batches(lines: Iterable<string>): Generator<string> {
  let batch: string[] = []
  for (const line of lines) {
    batch.push(line)
    if (batch.length === 5000) {
      yield batch.join('')
      batch = []
    }
  }
  yield batch.join('')
}

async function read(settings: Record<string, unknown>) {
  const parsed = config.parse(settings)
  const pauses: number[] = []
  let last = performance.now()
  const ticking = setInterval(() => {
    const now = performance.now()
    pauses.push(now - last)
    last = now
  }, 5)
  const before = process.memoryUsage().heapUsed
  try {
    const told = await readFiles(
      fileSetOf(parsed, 'hr'),
      parsed,
      localPlace(folder, parsed),
      AbortSignal.timeout(120_000),
    )
    return { told, grownMb: (process.memoryUsage().heapUsed - before) / 1e6, ticks: pauses.length }
  } finally {
    clearInterval(ticking)
  }
}

describe('a hundred thousand people with a million memberships', () => {
  it('are read from three CSV files in moderate memory, and others get their turn meanwhile', async () => {
    await write(
      'people.csv',
      together(
        ['id,login,mail,given,surname,active\n'],
        numbers(peopleCount).map((n) => `${n},login${n},p${n}@x.test,Given${n},Surname${n},${n % 50 !== 0}\n`),
      ),
    )
    await write(
      'groups.csv',
      together(
        ['id,name\n'],
        numbers(groupCount).map((n) => `g${n},Group number ${n}\n`),
      ),
    )
    await write(
      'memberships.csv',
      together(
        ['group,member\n'],
        numbers(peopleCount * groupsEach).map(
          (n) => `g${groupOf(Math.floor(n / groupsEach), n % groupsEach)},login${Math.floor(n / groupsEach)}\n`,
        ),
      ),
    )
    const { told, grownMb, ticks } = await read({
      people: 'people.csv',
      groups: 'groups.csv',
      memberships: 'memberships.csv',
    })
    expect(told.users).toHaveLength(peopleCount)
    expect(told.users.filter((user) => !user.active)).toHaveLength(peopleCount / 50)
    expect(told.groups).toHaveLength(groupCount)
    expect(told.memberships).toBe(peopleCount * groupsEach)
    expect(told.unknownMembers).toBe(0)
    expect(told.groups[groupOf(4711, 3)]?.members).toContainEqual({ kind: 'user', key: '4711' })
    expect(grownMb).toBeLessThan(400)
    expect(ticks).toBeGreaterThan(10)
  })

  it('are read from one JSON file in moderate memory', async () => {
    const people = numbers(peopleCount).map(
      (n) =>
        `${n === 0 ? '' : ','}{"id":"${n}","login":"login${n}","mail":"p${n}@x.test","groups":[${Array.from({ length: groupsEach }, (_, nth) => `"g${groupOf(n, nth)}"`)}]}\n`,
    )
    await write('all.json', together(['{"people":['], people, [']}']))
    const { told, grownMb } = await read({ path: 'all.json' })
    expect(told.users).toHaveLength(peopleCount)
    expect(told.groups).toHaveLength(groupCount)
    expect(told.memberships).toBe(peopleCount * groupsEach)
    expect(grownMb).toBeLessThan(500)
  })

  it('are read from one LDIF file with one group of them all', async () => {
    const people = numbers(peopleCount).map(
      (n) =>
        `dn: uid=p${n},ou=people,dc=x\nobjectClass: inetOrgPerson\nentryUUID: ${n}\nuid: p${n}\nmail: p${n}@x.test\n\n`,
    )
    const members = numbers(peopleCount).map((n) => `member: uid=P${n},ou=people,dc=x\n`)
    await write(
      'all.ldif',
      together(people, ['dn: cn=all,dc=x\nobjectClass: groupOfNames\ncn: all\n'], members, ['\n']),
    )
    const { told } = await read({ path: 'all.ldif' })
    expect(told.users).toHaveLength(peopleCount)
    expect(told.groups[0]?.members).toHaveLength(peopleCount)
    expect(told.unknownMembers).toBe(0)
  })
})
