import { Logins } from '../data-center/logins.ts'
import { fold } from '../data-center/model.ts'
import type { BuiltProduct, Ground, Product } from '../data-center/product.ts'
import { fill } from '../data-center/seed.ts'
import { DirectoryStore } from '../data-center/store.ts'
import { LongTasks } from '../data-center/tasks.ts'
import { VariantChoices } from '../server/variants.ts'
import { bitbucketDcOperations } from './operations.ts'
import type { BitbucketDcTwin } from './twin.ts'
import { defaultGroup } from './user-writes.ts'
import { bitbucketDcVariants } from './variants.ts'

/** Bitbucket Data Center below the context path `/bitbucket`. */
export const bitbucketDc: Product = {
  name: 'bitbucket-dc',
  title: 'Bitbucket Data Center',
  contextPath: '/bitbucket',
  version: '9.2.0',
  versions: 'the documents tell of no difference',
  variants: bitbucketDcVariants,
  build,
}

function build({ clock, version, chosen, company, target }: Ground): BuiltProduct {
  const store = new DirectoryStore(clock, 'bitbucket-')
  const logins = new Logins(store)
  const { admin, lesserAdmin, viewer } = fill(store, company, target, {
    administrators: { name: 'stash-administrators', grants: ['SYS_ADMIN'] },
    lesserAdministrators: { name: 'bitbucket-helpdesk', grants: ['ADMIN'] },
    users: { name: defaultGroup, grants: ['LICENSED_USER'] },
  })
  const twin: BitbucketDcTwin = {
    store,
    logins,
    tasks: new LongTasks(clock),
    variants: new VariantChoices(bitbucketDcVariants, chosen),
    version,
    url: '',
    direct: new Map(),
    seats: target.products.find(({ key }) => key === 'jira-software')?.seats ?? null,
    hasMailServer: true,
  }
  return {
    twin,
    operations: bitbucketDcOperations(twin),
    credentials: {
      username: admin.name,
      password: admin.password,
      accessToken: logins.issue('accessToken', admin).secret,
      lesserAdminToken: logins.issue('lesserAdminToken', lesserAdmin).secret,
      viewerToken: logins.issue('viewerToken', viewer).secret,
    },
    editMore: (change) => edit(twin, change),
    more: () =>
      [...twin.direct]
        .map(([user, permission]) => ({ permissionOf: fold(user.name), permission }))
        .sort((a, b) => (a.permissionOf < b.permissionOf ? -1 : 1)),
  }
}

/** `set-seats { seats }` and `set-mail-server { present }`; false = none of these. */
function edit(twin: BitbucketDcTwin, change: Readonly<Record<string, unknown>>): boolean {
  if (change.action === 'set-seats') {
    if (change.seats !== null && typeof change.seats !== 'number') throw new Error('seats is a number or null')
    twin.seats = change.seats
    return true
  }
  if (change.action !== 'set-mail-server') return false
  twin.hasMailServer = change.present === true
  return true
}
