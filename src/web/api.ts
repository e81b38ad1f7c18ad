import { type Client, createClient } from '../contract/client.ts'
import { sessionHeaders } from './session.ts'

/** The API of the server this page came from. Every call goes to the own origin and nowhere else. */
export const api: Client = createClient({
  baseUrl: '',
  fetch: (url, init) =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...sessionHeaders() } }),
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
