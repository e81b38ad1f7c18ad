import type { SandboxOptions, Starters } from '../cli/environment.ts'
import { fail } from '../domain/errors.ts'
import { variantTable } from '../sandbox/atlassian/variants.ts'
import type { Product } from '../sandbox/data-center/product.ts'
import { startProduct } from '../sandbox/data-center/start.ts'
import { flavourNames } from '../sandbox/ldap/flavours/flavour.ts'
import { products } from '../sandbox/products.ts'
import { startSandbox } from '../sandbox/start.ts'
import { aborted, type Machine } from './machine.ts'

export async function sandbox(machine: Machine, options: SandboxOptions): Promise<void> {
  const twin = await startSandboxOrSay(options)
  try {
    if (options.rateLimit !== undefined) twin.control.setLimit({ operations: '*', perSecond: options.rateLimit })
    options.ready({ ...twin.facts() })
    await aborted(machine.signal)
  } finally {
    await twin.stop()
  }
}

async function startSandboxOrSay(options: SandboxOptions) {
  const { port, company, target, shape, latencyMs, ldap } = options
  const chosen = (options.variants ?? []).map((text) => {
    const at = text.indexOf('=')
    if (at <= 0)
      throw fail.usage(`"${text}" is not a variant.`, { hint: 'Write it like --variant removeNonMember=404.' })
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  const served = ldap === undefined ? undefined : ldapOptions(ldap)
  const inCloud = cloudProducts.some((each) => each === options.product)
  const product = options.product === undefined || inCloud ? undefined : sandboxProduct(options.product)
  const common = {
    company: companySize(company),
    variants: Object.fromEntries(chosen),
    ...(target === undefined ? {} : { target: target === 'fresh' ? ('fresh' as const) : ('ten-years' as const) }),
    ...(port === undefined ? {} : { port }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
  }
  try {
    if (product !== undefined) {
      const version = options.productVersion
      return await startProduct(product, { ...common, ...(version === undefined ? {} : { version }) })
    }
    return await startSandbox({
      ...common,
      confluenceOnly: options.product === 'confluence-cloud',
      bitbucketOnly: options.product === 'bitbucket-cloud',
      ...(shape === undefined || Object.keys(shape).length === 0 ? {} : { shape }),
      ...(served === undefined ? {} : { ldap: served }),
    })
  } catch (thrown) {
    const { code, message, port: taken } = thrown as NodeJS.ErrnoException & { readonly port?: number }
    if (code === 'EADDRINUSE')
      throw fail.usage(`127.0.0.1:${taken} is already in use.`, { hint: 'Choose another port.' })
    if (code === 'EACCES')
      throw fail.usage(`127.0.0.1:${taken} is not for this user.`, { hint: 'Choose a port from 1024 on.' })
    throw fail.usage(`The sandbox could not start: ${message}.`, { cause: thrown })
  }
}

/** The cloud once more, in an organization that has this product alone. */
const cloudProducts = ['confluence-cloud', 'bitbucket-cloud'] as const

function sandboxProduct(name: string): Product {
  const found = products.find((product) => product.name === name)
  if (found !== undefined) return found
  throw fail.usage(`The sandbox knows no product "${name}".`, {
    hint: `Use one of ${[...products.map((product) => product.name), ...cloudProducts].join(', ')}.`,
  })
}

function ldapOptions({ flavour, port, tlsPort }: NonNullable<SandboxOptions['ldap']>) {
  const known = flavourNames.find((name) => name === flavour)
  if (flavour !== undefined && known === undefined)
    throw fail.usage(`There is no flavour "${flavour}".`, { hint: `Use one of ${flavourNames.join(', ')}.` })
  return {
    ...(known === undefined ? {} : { flavour: known }),
    ...(port === undefined ? {} : { port }),
    ...(tlsPort === undefined ? {} : { tlsPort }),
  }
}

/** Throws `usage` for what is no size. */
export function companySize(text: string | undefined): 'small' | number {
  if (text === undefined || text === 'small') return 'small'
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw fail.usage(`"${text}" is not a size of a company.`, {
    hint: 'Write small, or a number of people such as 2000.',
  })
}

/** What a twin can answer otherwise where the documents leave it open. */
export const sandboxVariants: Starters['sandboxVariants'] = (product) =>
  Object.entries(
    product === undefined || cloudProducts.some((each) => each === product)
      ? variantTable
      : sandboxProduct(product).variants,
  ).map(([name, facts]) => ({ name, ...facts }))
