import { type Client, createClient } from '../contract/client.ts'
import { sessionHeaders, tellTurnedAway } from './session.ts'

/** The API of the server this page came from. Every call goes to the own origin and nowhere else. */
export const api: Client = createClient({
  baseUrl: '',
  fetch: async (url, init) => {
    const headers = { ...(init.headers as Record<string, string>), ...sessionHeaders() }
    const response = await fetch(url, { ...init, headers })
    // Who may not even ask who they are is told so by that question itself.
    if (response.status === 401 && !/\/api\/v1\/(me|sign-in)$/.test(url)) tellTurnedAway()
    return response
  },
})

// Streams are read with `for await`; browsers that cannot do so get it from here.
const streams = ReadableStream.prototype as { [Symbol.asyncIterator]?: unknown }
streams[Symbol.asyncIterator] ??= async function* (this: ReadableStream<Uint8Array>) {
  const reader = this.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel()
  }
}
