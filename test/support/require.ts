import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What some tests need and a machine may lack, each with the way to get it. */
export const components = {
  postgresql: 'apt-get install postgresql',
  slapd: 'apt-get install slapd ldap-utils',
  samba: 'apt-get install samba samba-ad-provision samba-dsdb-modules samba-vfs-modules ldap-utils, and run as root',
  keycloak: 'unpack a Keycloak distribution, set KEYCLOAK_HOME, and install Java 17 or newer',
  chromium: 'apt-get install chromium',
  scim2: 'pip install scim2-cli==0.6.0, with its folder on the PATH',
  'scim2-server': 'pip install scim2-server[cursor]==0.8.3, with its folder on the PATH',
  strace: 'apt-get install strace',
  mount: 'run the tests as root, which may mount a small file system',
  'plain-user': 'run the tests as a user who is not root',
  specs: 'put the published API descriptions into ../shared/specs',
} as const

export type ComponentName = keyof typeof components

export interface Component {
  readonly present: boolean
  /** Belongs at the end of the suite's name: empty when present, else what is missing. The last line of a run counts it. */
  readonly skipReason: string
}

/** `true`, or why the component cannot be used, e.g. `initdb is not installed`. */
type Probe = () => true | string | Promise<true | string>

/**
 * Whether an optional component can be used here:
 *
 *     const postgresql = await component('postgresql', probe)
 *     describe.skipIf(!postgresql.present)(`store on PostgreSQL${postgresql.skipReason}`, () => …)
 *
 * Throws instead of skipping when MUSTER_REQUIRE (names with commas between) contains the name.
 */
export async function component(
  name: ComponentName,
  probe: Probe,
  required: readonly ComponentName[] = requiredComponents(process.env.MUSTER_REQUIRE),
): Promise<Component> {
  const answer = await probe()
  if (answer === true) return { present: true, skipReason: '' }
  if (required.includes(name)) {
    throw new Error(`MUSTER_REQUIRE names ${name}, but ${answer}. To get it: ${components[name]}.`)
  }
  return { present: false, skipReason: ` [missing ${name}: ${answer}]` }
}

/** The names in MUSTER_REQUIRE. Throws at an unknown one: a misspelt name would require nothing. */
export function requiredComponents(list: string | undefined): readonly ComponentName[] {
  const names = (list ?? '').split(',').flatMap((name) => name.trim() || [])
  const unknown = names.filter((name) => !Object.hasOwn(components, name))
  if (unknown.length > 0) {
    throw new Error(
      `MUSTER_REQUIRE names ${unknown.join(', ')}, which no test knows. Known: ${Object.keys(components).join(', ')}.`,
    )
  }
  return names as ComponentName[]
}

/** Where a program is: on the PATH, or in one of the further folders. Undefined when nowhere. */
export function findProgram(name: string, furtherFolders: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...furtherFolders]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** Probe for a component that is one program. */
export function program(name: string, furtherFolders: readonly string[] = []): Probe {
  return () => findProgram(name, furtherFolders) !== undefined || `${name} is not installed`
}
