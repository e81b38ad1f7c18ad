import type { ProductSandbox } from '../../src/sandbox/data-center/start.ts'
import { OpenApi, specs } from './openapi.ts'

interface Document {
  readonly api: OpenApi
  /** The path as the document has it. */
  readonly pathOf: (path: string) => string
}

/** The vendor's document of each product, by its name. */
export const productDocuments: Readonly<Record<string, Document | undefined>> = specs.present
  ? {
      'jira-dc': {
        api: new OpenApi('jira-data-center-10.3.json'),
        pathOf: (path) => path.replace(/^\/jira\/rest\/api\/(2|latest)/, '/api/2'),
      },
      'confluence-dc': {
        api: new OpenApi('confluence-data-center-10.0.json'),
        pathOf: (path) => path.replace(/^\/confluence/, ''),
      },
      'bitbucket-dc': {
        api: new OpenApi('bitbucket-data-center-9.2.json'),
        pathOf: (path) => path.replace(/^\/bitbucket\/rest\/api\/(latest|1\.0)/, '/api/latest'),
      },
      crowd: {
        api: new OpenApi('crowd-usermanagement-3.5-community.json'),
        pathOf: (path) => path.replace(/^\/crowd\/rest\/usermanagement\/(1|latest)/, ''),
      },
    }
  : {}

/**
 * Holds every request and every answer of the twin against the vendor's document. `problems` fills up: an answer that
 * differs (unless a fault made it), a request that differs and was granted all the same - and with `strict`, for clients
 * that are to be right, one that was refused too.
 */
export function judgeProduct(
  sandbox: ProductSandbox,
  { strict = false } = {},
): { readonly problems: readonly string[] } {
  const problems = new Set<string>()
  const document = productDocuments[sandbox.product]
  sandbox.control.watch(({ operation, call, answer, isDisturbed }) => {
    // What stands in no document has nothing to be held against; the product's own test lists those.
    if (document?.api.knows(operation.method, operation.documented) !== true) return
    const path = document.pathOf(call.path)
    const isGranted = !isDisturbed && answer !== undefined && answer.status < 400
    if (strict || isGranted) {
      const contentType = call.headers['content-type'] ?? ''
      const request = { method: call.method, path, query: call.query, contentType, body: call.rawBody }
      for (const problem of document.api.requestProblems(request)) problems.add(`request: ${problem}`)
    }
    if (answer === undefined || isDisturbed) return
    const body = answer.json ?? answer.text
    // As it travels: what is undefined is not there.
    const sent: unknown = body === undefined || typeof body === 'string' ? body : JSON.parse(JSON.stringify(body))
    for (const problem of document.api.problems(call.method, path, answer.status, sent)) {
      problems.add(`answer: ${problem}`)
    }
  })
  return {
    get problems() {
      return [...problems]
    },
  }
}
