import type { Exchange } from '../../src/sandbox/server/server.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { OpenApi, specs } from './openapi.ts'

const documentOf: Readonly<Record<string, OpenApi | undefined>> = specs.present
  ? {
      jira: new OpenApi('jira-cloud-platform-v3.json'),
      org: new OpenApi('atlassian-admin-organizations.json'),
      account: new OpenApi('atlassian-admin-user-management.json'),
      scim: new OpenApi('atlassian-user-provisioning-scim.json'),
      confluence: new OpenApi('confluence-cloud-v1-users-groups.json'),
      confluence2: new OpenApi('confluence-cloud-v2-users.json'),
      bitbucket: new OpenApi('bitbucket-cloud-workspaces.json'),
    }
  : {}

/** Served, but in no document: the edge of a site, and what v1 has lost. */
const undocumented: ReadonlySet<string> = new Set(['jira.tenantInfo', 'org.removed'])

/**
 * Holds every request and every answer of a twin in this process against the vendor's documents. `problems` fills up:
 * an answer that differs (unless a fault made it), a request that differs and was granted all the same - and with
 * `strict`, for clients that are to be right, one that was refused too.
 */
export function judge(sandbox: Sandbox, { strict = false } = {}): { readonly problems: readonly string[] } {
  const problems = new Set<string>()
  sandbox.control.watch((exchange) => {
    const { operation, call, answer, isDisturbed } = exchange
    const document = documentOf[operation.name.split('.')[0] ?? '']
    if (document === undefined || undocumented.has(operation.name)) return
    const path = pathOf(exchange)
    const isGranted = !isDisturbed && answer !== undefined && answer.status < 400
    if (strict || isGranted) {
      const contentType = call.headers['content-type'] ?? ''
      const request = { method: call.method, path, query: call.query, contentType, body: call.rawBody }
      for (const problem of document.requestProblems(request)) problems.add(`request: ${problem}`)
    }
    const isEdge = answer?.status === 401 || answer?.status === 429
    if (answer === undefined || isDisturbed) return
    if (isEdge && sandbox.control.twin.variants.is('orgEdgeBody', 'gateway')) return
    const body = answer.json ?? answer.text
    // As it travels: what is undefined is not there.
    const sent: unknown = body === undefined || typeof body === 'string' ? body : JSON.parse(JSON.stringify(body))
    for (const problem of document.problems(call.method, path, answer.status, sent)) problems.add(`answer: ${problem}`)
  })
  return {
    get problems() {
      return [...problems]
    },
  }
}

/** The path as the document has it: without the site, the gateway, `/admin`, or what version 2 of Confluence or Bitbucket hangs below. */
function pathOf({ call }: Exchange): string {
  return call.path.replace(/^\/(site|ex\/jira|ex\/confluence)\/[^/]+(\/wiki\/api\/v2(?=\/))?|^\/(admin|2\.0)(?=\/)/, '')
}
