/** The parts of the PostgreSQL protocol 3.0 that the host of the embedded store must understand (protocol chapter 54). */

const sslRequest = 80877103
const gssRequest = 80877104
const cancelRequest = 80877102
const version3 = 196608
/** No statement of ours comes near; a length beyond it is not this protocol. */
const longestMessage = 512 * 1024 * 1024

/** Length of the first message of a buffer, or how many bytes are wanted to tell; negative = not this protocol. */
export function nextMessage(
  buffer: Buffer,
  started: boolean,
): { readonly length: number } | { readonly wanted: number } {
  const header = started ? 5 : 8
  if (buffer.length < header) return { wanted: header }
  const length = started ? 1 + buffer.readInt32BE(1) : buffer.readInt32BE(0)
  if (length < header || length > longestMessage) return { length: -1 }
  return buffer.length < length ? { wanted: length } : { length }
}

/** `part` waits for more, `whole` completes a sequence, `flush` asks for answers although more will come. */
export function messageKind(message: Buffer): 'part' | 'whole' | 'flush' | 'end' {
  switch (String.fromCharCode(message[0] ?? 0)) {
    case 'Q':
    case 'S':
    case 'F':
      return 'whole'
    case 'H':
      return 'flush'
    case 'X':
      return 'end'
    default:
      return 'part'
  }
}

/** Of a Parse, the name of the statement it makes; empty for the unnamed one. Undefined for every other message. */
export function parsedName(message: Buffer | undefined): string | undefined {
  return message?.[0] === 0x50 ? message.toString('latin1', 5, message.indexOf(0, 5)) : undefined
}

/** The same Parse, of the unnamed statement. */
export function unnamed(parse: Buffer): Buffer {
  return body('P', parse.subarray(parse.indexOf(0, 5)))
}

/** Whether answers say, before anything but remarks, that a statement was parsed. */
export function tellsParsed(answers: Uint8Array): boolean {
  const view = new DataView(answers.buffer, answers.byteOffset, answers.byteLength)
  let at = 0
  while ((answers[at] === 0x4e || answers[at] === 0x53) && at + 5 <= answers.length) at += 1 + view.getInt32(at + 1)
  return answers[at] === 0x31
}

const copyFromStdin = /^\s*copy\b[^;]*\bfrom\s+stdin/i
const forgetting = /^\s*(?:deallocate|discard)\b/i

/**
 * What never gets to the one session of PGlite: COPY FROM STDIN breaks it for everybody, and the statements it keeps belong to
 * all connections.
 */
export function refused(message: Buffer): string | undefined {
  const kind = message[0]
  if (kind !== 0x51 && kind !== 0x50) return undefined
  const start = kind === 0x51 ? 5 : message.indexOf(0, 5) + 1
  const text = message.toString('latin1', start, Math.min(message.length, start + 400))
  if (copyFromStdin.test(text)) return 'COPY FROM STDIN is not possible on the embedded store'
  return forgetting.test(text) ? 'DEALLOCATE and DISCARD are not possible on the embedded store' : undefined
}

/** Answers to what a client says before its first query; undefined = close. Access is a matter of file permissions. */
export function answerStartup(
  message: Buffer,
  parameters: ReadonlyMap<string, string>,
): { readonly started: boolean; readonly bytes: Buffer } | undefined {
  const code = message.readInt32BE(4)
  if (code === sslRequest || code === gssRequest) return { started: false, bytes: Buffer.from('N') }
  if (code === cancelRequest || code !== version3) return undefined
  const authenticated = body('R', int32(0))
  const facts = [...parameters].map(([name, value]) => body('S', Buffer.from(`${name}\0${value}\0`)))
  const key = body('K', Buffer.concat([int32(1), int32(0)]))
  return { started: true, bytes: Buffer.concat([authenticated, ...facts, key, body('Z', Buffer.from('I'))]) }
}

export function errorAnswer(sqlState: string, message: string): Buffer {
  return body('E', Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`))
}

/** Ends whatever a vanished connection left: an unfinished sequence, then its transaction. */
export function rollbackMessage(): Buffer {
  return Buffer.concat([body('S', Buffer.alloc(0)), body('Q', Buffer.from('ROLLBACK\0'))])
}

function body(kind: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(kind), int32(payload.length + 4), payload])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
