import type { Principal } from '../contract/routes.ts'
import type { Run } from '../domain/run.ts'
import type { Runner } from '../engine/runner.ts'
import type { Begun } from '../engine/runs-under-way.ts'
import type { Installation } from './installation.ts'

/** What every use case works with. */
export interface UseCase extends Installation {
  readonly runner: Runner
  /** Runs this process is working on, by id; a run that was just taken up may still stand as held or waiting. */
  readonly live: Map<string, Promise<unknown>>
  readonly version: string
  /** What an identity provider is given for a push source; without a public address only the path is known. */
  scimBaseUrl(source: string): string
  /** Writes one line into the audit log; called after the act succeeded. */
  audit(principal: Principal, act: string, subject: string, detail?: Readonly<Record<string, unknown>>): Promise<void>
}

/** Remembers a run as long as this process works on it. */
export function keepLive({ live }: UseCase, { run, done }: Begun): Run {
  live.set(run.id, done)
  const forget = () => void (live.get(run.id) === done && live.delete(run.id))
  done.then(forget, forget)
  return run
}

export interface Page<Item> {
  items: Item[]
  next?: string | undefined
}

/** A page of a list that is small enough to be held whole; the cursor is the key of the last item. */
export function pageOf<Item extends { readonly key: string }>(
  all: readonly Item[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Page<Item> {
  const rest = cursor === undefined ? all : all.filter(({ key }) => key > cursor)
  const items = rest.slice(0, limit)
  return rest.length > limit ? { items, next: items.at(-1)?.key } : { items }
}
