import { expect, onTestFinished } from 'vitest'
import { type ProductOptions, type ProductSandbox, startProduct } from '../../src/sandbox/data-center/start.ts'
import { productNamed } from '../../src/sandbox/products.ts'
import { judgeProduct } from './product-judge.ts'

/**
 * The twin of a product in this process until the running test ends; only inside a test or its `beforeEach`. Where the
 * vendor's document is present, everything that went over the wire is held against it, and the test fails if it differs.
 */
export async function productForTest(name: string, options: ProductOptions = {}): Promise<ProductSandbox> {
  const sandbox = await startProduct(productNamed(name), options)
  const verdict = judgeProduct(sandbox)
  onTestFinished(async () => {
    await sandbox.stop()
    expect(verdict.problems).toEqual([])
  })
  return sandbox
}
