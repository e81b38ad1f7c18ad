import { type Clock, systemClock } from '../../platform/clock.ts'
import { type CompanySize, makeCompany } from '../company/company.ts'
import type { CompanyDirectory } from '../company/directory.ts'
import { TwinServer } from '../server/server.ts'
import { controlRoutes, ProductControl } from './control.ts'
import type { Product } from './product.ts'
import { Version } from './version.ts'

export interface ProductOptions {
  /** 0 = any free port of the loopback address (default). */
  readonly port?: number
  /** Which version of the product is played, e.g. `9.12`. */
  readonly version?: string
  /** `small` (default) or a number of people. */
  readonly company?: CompanySize
  /** What the server holds at the start; a small company has an old one, a large one a fresh one unless told. */
  readonly target?: 'fresh' | 'ten-years'
  readonly seed?: number
  readonly variants?: Readonly<Record<string, string>>
  readonly latencyMs?: number
  readonly clock?: Clock
}

/** Everything a client needs to know; plain data. Secrets are those of the sandbox, worth nothing elsewhere. */
export interface ProductFacts {
  readonly product: string
  readonly version: string
  /** Base URL of the product. It has a path: clients must keep it. */
  readonly baseUrl: string
  /** Where `/__sandbox` hangs. */
  readonly url: string
  readonly credentials: Readonly<Record<string, string>>
}

export interface ProductSandbox extends ProductFacts {
  /** The people and groups of the company, as its own directory knows them. */
  readonly directory: CompanyDirectory
  readonly control: ProductControl
  facts(): ProductFacts
  stop(): Promise<void>
}

/** Starts the twin of a product on the loopback address. The same options give the same company, ids and credentials. */
export async function startProduct(product: Product, options: ProductOptions = {}): Promise<ProductSandbox> {
  const { port = 0, company = 'small', clock = systemClock, seed } = options
  const made = makeCompany(company, {
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(seed === undefined ? {} : { seed }),
  })
  const version = new Version(options.version ?? product.version)
  const built = product.build({
    clock,
    version,
    chosen: options.variants ?? {},
    company: made.directory,
    target: made.target,
  })
  const server = new TwinServer(clock)
  server.add(
    built.operations.map((operation) => ({
      ...operation,
      handle: (call) => {
        built.twin.tasks.settle()
        return operation.handle(call)
      },
    })),
  )
  server.latencyMs = options.latencyMs ?? 0
  const control = new ProductControl(built, server, clock)
  let url = ''
  const facts = (): ProductFacts => ({
    product: product.name,
    version: version.text,
    baseUrl: `${url}${product.contextPath}`,
    url,
    credentials: built.credentials,
  })
  server.useControl(controlRoutes(control, facts))
  url = `http://127.0.0.1:${await server.listen(port)}`
  built.twin.url = `${url}${product.contextPath}`
  return { ...facts(), directory: made.directory, control, facts, stop: () => server.stop() }
}
