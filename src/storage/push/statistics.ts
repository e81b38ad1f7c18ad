import { sql } from 'kysely'
import type { Executor } from '../database.ts'

const firstAfter = 100
const growth = 8

/**
 * Tells the store to look at the tables of pushed people when 100, 800, 6,400 … rows have been added to one. Until it first
 * has, it takes (source, kind) for as good as a key and walks through everybody to find one name, and what it planned while
 * nobody was in a group goes on to read every membership; by itself it looks after a minute (PostgreSQL) or in a quiet
 * moment (embedded), and a first import is over by then. Returns what counts the rows of one table; nobody waits for it, and
 * its failure changes nothing but speed.
 */
export function createStatistics(look: () => Promise<unknown>): { readonly added: (rows: number) => void } {
  let count = 0
  let next = firstAfter
  return {
    added(rows) {
      count += rows
      if (count < next) return
      while (next <= count) next *= growth
      look().catch(() => undefined)
    },
  }
}

export async function lookAtPushTables(executor: Executor): Promise<void> {
  await sql`analyze push_resource, push_member, push_tombstone`.execute(executor)
}
