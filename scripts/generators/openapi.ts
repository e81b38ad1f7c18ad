import { openApiDocument } from '../../src/contract/openapi.ts'
import { version } from '../../src/platform/version.ts'
import type { Generator } from './generator.ts'

/** The admin API for people who write clients without our code. */
export const openApi: Generator = {
  file: 'docs/openapi.json',
  make: () => `${JSON.stringify(openApiDocument(version), undefined, 2)}\n`,
}
