import type { Lane } from '../domain/lane.ts'
import type { RunTrigger } from '../domain/run.ts'

/** A whole run that something asked for, before it begins. */
export interface RunRequest {
  readonly connection: string
  readonly trigger: RunTrigger
  readonly startedBy: string
  readonly lane: Lane
}

/**
 * Runs that wait for an instance to take them, shared by all instances of a store. The store keeps them, so a request
 * outlives the instance that asked; a request whose instance dies is taken by another.
 */
export interface RunQueue {
  /** False when a request for this connection waits or is being worked on already: the two are one. */
  ask(request: RunRequest): Promise<boolean>
  /**
   * Takes requests, lower lanes first, at most `concurrency` at once. A request whose work throws is taken again after a
   * pause that grows from a minute to five.
   */
  work(concurrency: number, handle: (request: RunRequest) => Promise<void>): Promise<void>
  /** How many requests nobody has taken yet. */
  waiting(): Promise<number>
  /** Takes nothing more. Requests under way stay theirs who work on them. */
  close(): Promise<void>
}
