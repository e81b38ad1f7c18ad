import { fail, ProvisioningError } from '../domain/errors.ts'
import { HttpClient, HttpFailure } from '../platform/http-client.ts'
import type { Secret } from '../platform/secret.ts'

const timeoutMs = 15_000
const maxBytes = 65_536

/**
 * Sends one POST to exactly this address; no redirect leads elsewhere. Throws `unreachable` or `rejected` with a sentence
 * that names the host alone: the path of a webhook may be its secret.
 */
export async function post(
  address: Secret,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(address.reveal())
  let client: HttpClient | undefined
  try {
    // The outbox tries again; trying here as well would only hide how often.
    client = new HttpClient({ base: url.origin, secrets: [address], timeoutMs, maxBytes, patienceMs: 0 })
    const path = `${url.pathname}${url.search}`
    const { status } = await client.send({ operation: 'notify', method: 'POST', path, body, headers }, signal)
    if (status >= 200 && status < 300) return
    throw fail.rejected(`${url.host} answered ${status}.`, { hint: 'Look at the settings of this channel.' })
  } catch (thrown) {
    if (thrown instanceof ProvisioningError) throw thrown
    const status = thrown instanceof HttpFailure ? thrown.status : undefined
    const reason = thrown instanceof HttpFailure ? thrown.reason : 'unreachable'
    throw fail.unreachable(
      `${url.host} ${status === undefined ? `could not be reached (${reason})` : `answered ${status}`}.`,
    )
  } finally {
    client?.close()
  }
}
