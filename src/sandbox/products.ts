import { bitbucketDc } from './bitbucket-dc/product.ts'
import { confluenceDc } from './confluence-dc/product.ts'
import { crowd } from './crowd/product.ts'
import type { Product } from './data-center/product.ts'
import { jiraDc } from './jira-dc/product.ts'

/** The products the sandbox plays beside the Atlassian organization in the cloud, by the name of the command line. */
export const products: readonly Product[] = [jiraDc, confluenceDc, bitbucketDc, crowd]

/** Throws when there is none of the name. */
export function productNamed(name: string): Product {
  const found = products.find((product) => product.name === name)
  if (found === undefined)
    throw new Error(`There is no product ${name}; known: ${products.map((each) => each.name).join(', ')}`)
  return found
}
