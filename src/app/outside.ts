import { fail } from '../domain/errors.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { LocalDirectory } from '../ports/local-directory.ts'
import { type Judged, judge } from './configuration.ts'

/** Judges a configuration file where there is no store: only what stands in the file exists. */
export function judgeFile(yaml: string, file: string, catalog: Catalog, baseDir: string): Judged {
  return judge(
    { yaml, file },
    {
      catalog,
      sources: new Map(),
      targets: new Map(),
      connections: new Map(),
      contextFor: (key) => ({
        key,
        now: () => 0,
        log: () => undefined,
        baseDir,
        localDirectory: noDirectory,
        instanceId: '',
      }),
    },
  )
}

const none = async () => ({ items: [] })
const refused = async () => {
  throw fail.storeUnavailable('There is no store here.')
}

const noDirectory: LocalDirectory = {
  people: none,
  person: async () => undefined,
  findPeople: async () => [],
  savePerson: refused,
  changePerson: refused,
  removePerson: refused,
  groups: none,
  findGroups: async () => [],
  groupsOf: async () => new Map(),
  saveGroup: refused,
  removeGroup: refused,
  members: none,
  addMember: refused,
  removeMember: refused,
  count: async () => 0,
  changes: async () => '0',
}
