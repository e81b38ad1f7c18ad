import { Logins } from '../data-center/logins.ts'
import type { BuiltProduct, Ground, Product } from '../data-center/product.ts'
import { fill } from '../data-center/seed.ts'
import { DirectoryStore } from '../data-center/store.ts'
import { LongTasks } from '../data-center/tasks.ts'
import { VariantChoices } from '../server/variants.ts'
import { type CrowdEdit, editCrowd } from './edit.ts'
import { crowdOperations } from './operations.ts'
import { type Application, type CrowdTwin, permissions } from './twin.ts'
import { crowdVariants } from './variants.ts'

/** Crowd, user management REST version 1, below the context path `/crowd`. */
export const crowd: Product = {
  name: 'crowd',
  title: 'Crowd',
  contextPath: '/crowd',
  version: '6.0',
  versions: 'the documents tell of no difference',
  variants: crowdVariants,
  build,
}

function build({ clock, version, chosen, company, target }: Ground): BuiltProduct {
  const store = new DirectoryStore(clock, 'crowd-')
  fill(store, company, target, {
    administrators: { name: 'crowd-administrators', grants: ['ADMIN'] },
    lesserAdministrators: { name: 'crowd-helpdesk', grants: [] },
    users: { name: 'staff', grants: [] },
  })
  const application = (name: string, isTrusted: boolean): Application => ({
    name,
    password: `sandbox-password-${name}`,
    isAddressKnown: true,
    isRevoked: false,
    allowed: new Map(store.directories.map((directory) => [directory, new Set(isTrusted ? permissions : [])])),
  })
  const [trusted, reader] = [application('muster', true), application('reader', false)]
  const twin: CrowdTwin = {
    store,
    logins: new Logins(store),
    tasks: new LongTasks(clock),
    variants: new VariantChoices(crowdVariants, chosen),
    version,
    url: '',
    applications: [trusted, reader],
  }
  return {
    twin,
    operations: crowdOperations(twin),
    credentials: {
      application: trusted.name,
      password: trusted.password,
      readerApplication: reader.name,
      readerPassword: reader.password,
    },
    editMore: (change) => editCrowd(twin, change as unknown as CrowdEdit),
  }
}
