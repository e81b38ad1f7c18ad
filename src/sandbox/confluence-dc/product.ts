import { Logins } from '../data-center/logins.ts'
import type { BuiltProduct, Ground, Product } from '../data-center/product.ts'
import { fill } from '../data-center/seed.ts'
import { DirectoryStore } from '../data-center/store.ts'
import { LongTasks } from '../data-center/tasks.ts'
import { VariantChoices } from '../server/variants.ts'
import { confluenceDcOperations } from './operations.ts'
import { type ConfluenceDcTwin, globalPermissions } from './twin.ts'
import { confluenceDcVariants } from './variants.ts'

/** Confluence Data Center below the context path `/confluence`. */
export const confluenceDc: Product = {
  name: 'confluence-dc',
  title: 'Confluence Data Center',
  contextPath: '/confluence',
  version: '10.0.3',
  versions: 'which one has the calls of administrators first is open: variants adminSince and updateUserSince',
  variants: confluenceDcVariants,
  build,
}

function build({ clock, version, chosen, company, target }: Ground): BuiltProduct {
  const store = new DirectoryStore(clock, 'ff80808190')
  const logins = new Logins(store)
  const { admin, lesserAdmin, viewer } = fill(store, company, target, {
    administrators: { name: 'confluence-administrators', grants: globalPermissions },
    lesserAdministrators: { name: 'confluence-helpdesk', grants: ['application use', 'application administer'] },
    users: { name: 'confluence-users', grants: ['application use'] },
  })
  const twin: ConfluenceDcTwin = {
    store,
    logins,
    tasks: new LongTasks(clock),
    variants: new VariantChoices(confluenceDcVariants, chosen),
    version,
    url: '',
    seats: target.products.find(({ key }) => key === 'confluence')?.seats ?? null,
  }
  return {
    twin,
    operations: confluenceDcOperations(twin),
    credentials: {
      username: admin.name,
      password: admin.password,
      accessToken: logins.issue('accessToken', admin).secret,
      lesserAdminToken: logins.issue('lesserAdminToken', lesserAdmin).secret,
      viewerToken: logins.issue('viewerToken', viewer).secret,
    },
    editMore: (change) => {
      if (change.action !== 'set-seats') return false
      if (change.seats !== null && typeof change.seats !== 'number') throw new Error('seats is a number or null')
      twin.seats = change.seats
      return true
    },
  }
}
