import type { ProvisioningError } from '../../src/domain/errors.ts'
import type { Instant, SourceGroup, SourceUser } from '../../src/domain/identity.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { SourceKind } from '../../src/ports/catalog.ts'
import type { LocalDirectory } from '../../src/ports/local-directory.ts'
import type { CheckStep, Page } from '../../src/ports/readable.ts'
import type { Source } from '../../src/ports/source.ts'
import { type Account, ldapsearch } from './ldap-tools.ts'

/** What a test needs to know of a directory, real or made up. */
interface Directory {
  readonly host: string
  readonly port: number
  readonly url: string
  readonly baseDn: string
  readonly reader: Account
}

/** A source on a directory, as its settings would make it. The kind is handed in: helpers import no connector. */
export function ldapSource(
  kind: SourceKind,
  directory: Omit<Directory, 'url'>,
  settings: Readonly<Record<string, unknown>> = {},
  more: { readonly now?: () => Instant; readonly logged?: string[]; readonly baseDir?: string } = {},
): Source {
  const { host, port, baseDn, reader } = directory
  const given = {
    hosts: [host],
    port,
    security: 'none',
    bindDn: reader.dn,
    password: new Secret(reader.password),
    baseDn,
    ...settings,
  }
  return kind.connect(kind.config.parse(given), {
    key: 'corp',
    now: more.now ?? (() => Date.now()),
    log: (message, fields) => void more.logged?.push(`${message} ${JSON.stringify(fields ?? {})}`),
    baseDir: more.baseDir ?? '.',
    localDirectory: {} as LocalDirectory,
    instanceId: 'test',
  })
}

/** Everything a source told, and how each part ended. */
export interface WholeRead {
  readonly users: SourceUser[]
  readonly usersError: ProvisioningError | undefined
  readonly groups: SourceGroup[]
  readonly groupsError: ProvisioningError | undefined
  readonly incomplete: ReadonlyMap<string, ProvisioningError>
  readonly notices: readonly string[]
}

/** Reads as a run does: people, then groups, on one instance; closes it. */
export async function readWhole(source: Source, signal = AbortSignal.timeout(120_000)): Promise<WholeRead> {
  try {
    const users = await gather(source.users(signal))
    const groups = await gather(source.groups(signal))
    return {
      users: users.items,
      usersError: users.error,
      groups: groups.items,
      groupsError: groups.error,
      incomplete: source.incompleteMembers?.() ?? new Map(),
      notices: source.notices(),
    }
  } finally {
    await source.close()
  }
}

async function gather<Item>(pages: AsyncIterable<Page<Item>>) {
  const items: Item[] = []
  try {
    for await (const page of pages) items.push(...page.items)
    return { items, error: undefined }
  } catch (error) {
    return { items, error: error as ProvisioningError }
  }
}

export async function checkSteps(source: Source): Promise<CheckStep[]> {
  const steps: CheckStep[] = []
  for await (const step of source.check(AbortSignal.timeout(120_000))) steps.push(step)
  await source.close()
  return steps
}

/** Logins by id, with another client, so that a test can speak of people by name. */
export async function namesById(
  directory: Directory,
  filter: string,
  id: string,
  name: string,
  toKey: (raw: string) => string = (raw) => raw,
): Promise<Map<string, string>> {
  const { stdout } = await ldapsearch({
    url: directory.url,
    as: directory.reader,
    base: directory.baseDn,
    filter,
    attributes: [id, name],
    more: ['-E', 'pr=500/noprompt'],
  })
  const names = new Map<string, string>()
  for (const record of stdout.split('\n\n')) {
    const value = (attribute: string) => {
      const found = new RegExp(`^${attribute}(::?) (.*)$`, 'm').exec(record)
      if (found === null) return undefined
      return found[1] === '::' && attribute !== id ? Buffer.from(found[2] ?? '', 'base64').toString() : found[2]
    }
    const [key, text] = [value(id), value(name)]
    if (key !== undefined && text !== undefined) names.set(toKey(key), text)
  }
  return names
}

/** Direct members of each group by names: people as they are, groups with @, names nobody has with ?. */
export function membersByName(
  groups: readonly SourceGroup[],
  users: readonly SourceUser[],
  login: string,
): Record<string, string[]> {
  const people = new Map(users.map(({ key, attributes }) => [key, String(attributes[login])]))
  const names = new Map(groups.map(({ key, name }) => [key, name]))
  return Object.fromEntries(
    groups.map(({ name, members = [] }) => [
      name,
      members
        .map(({ kind, key }) => (kind === 'group' ? `@${names.get(key)}` : (people.get(key) ?? `?${key}`)))
        .toSorted(),
    ]),
  )
}
