import { Den, freePorts } from './daemon.ts'
import { type Component, component, findProgram } from './require.ts'

/** Whether scim2-server of PyPI can be started here; MUSTER_REQUIRE=scim2-server makes a missing one a failure. */
export async function scim2ServerPresent(): Promise<Component> {
  return await component('scim2-server', () => findProgram('scim2-server', []) !== undefined || 'it is not installed')
}

/**
 * A SCIM server that others wrote in Python: resources in memory, versions (ETag), `groups` of users, strict schemas.
 * With `paging: 'cursor'` it pages by cursor alone (RFC 9865).
 */
export interface Scim2Server {
  readonly baseUrl: string
  readonly token: string
  stop(): Promise<void>
}

export async function startScim2Server(paging: 'index' | 'cursor' = 'index'): Promise<Scim2Server> {
  const den = new Den('scim2-server')
  const token = 'python-sesame-0815'
  const [port] = await freePorts(1)
  const more = paging === 'index' ? [] : ['--service-provider-config', den.write('config.json', byCursor)]
  const server = den.start('server', findProgram('scim2-server', []) ?? '', [
    ...['--port', String(port), '--bearer-token', token],
    ...more,
  ])
  const baseUrl = `http://127.0.0.1:${port}`
  const answers = () =>
    fetch(`${baseUrl}/ServiceProviderConfig`).then(
      () => true,
      () => false,
    )
  await den.waitFor('server', server, answers)
  return { baseUrl, token, stop: () => den.remove() }
}

const byCursor = JSON.stringify({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 1000 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Bearer', description: 'A token' }],
  pagination: { cursor: true, index: false, defaultPaginationMethod: 'cursor', defaultPageSize: 50, maxPageSize: 60 },
})
