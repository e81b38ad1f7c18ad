import type { z } from 'zod'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import { type HttpDoor, type MisshapenCode, parsed } from '../http-door.ts'
import { vendorError } from './vendor-errors.ts'

/** One API behind one credential; what both halves of the client have in common. */
export class Api {
  readonly door: HttpDoor
  /** What people call the credential: `API token`, `organization API key`. */
  readonly credential: string

  constructor(door: HttpDoor, credential: string) {
    this.door = door
    this.credential = credential
  }

  /** A successful answer, checked. `act` begins a sentence: `Reading the groups`. Any refusal is thrown. */
  async read<Schema extends z.ZodType>(
    schema: Schema,
    request: HttpRequest,
    act: string,
    signal: AbortSignal,
    misshapen?: MisshapenCode,
  ): Promise<z.output<Schema>> {
    const answer = await this.door.send({ ...request, effect: 'read' }, signal)
    if (answer.status !== 200) throw this.refusal(answer, act)
    return parsed(schema, answer, request.operation, misshapen)
  }

  /** The same for requests whose answer has more than one good status: undefined for those in `instead`. */
  async readUnless<Schema extends z.ZodType>(
    instead: number,
    schema: Schema,
    request: HttpRequest,
    act: string,
    signal: AbortSignal,
  ): Promise<z.output<Schema> | undefined> {
    const answer = await this.door.send({ ...request, effect: 'read' }, signal)
    if (answer.status === instead) return undefined
    if (answer.status !== 200) throw this.refusal(answer, act)
    return parsed(schema, answer, request.operation)
  }

  /** A write; the caller judges the answer, since what a status means depends on what is true afterwards. */
  async write(request: HttpRequest, act: string, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.door.send(
      { ...request, headers: { 'x-atlassian-token': 'no-check', ...request.headers } },
      signal,
    )
    if (answer.status === 401) throw this.refusal(answer, act)
    return answer
  }

  refusal(answer: HttpAnswer, act: string) {
    return vendorError(answer, act, this.credential)
  }
}
