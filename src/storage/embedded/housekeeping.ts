import type { PGlite } from '@electric-sql/pglite'

/**
 * PGlite runs PostgreSQL without its background processes, so nobody vacuums. This does what autovacuum would do, by its
 * own rule (50 rows + 20 % dead, 50 rows + 10 % changed), one table at a time while nobody else speaks.
 */
export async function tidy(engine: PGlite): Promise<void> {
  const { rows } = await engine.query<{ name: string; dead: boolean }>(
    `select quote_ident(schemaname) || '.' || quote_ident(relname) as name, n_dead_tup > 50 + 0.2 * n_live_tup as dead
     from pg_stat_user_tables
     where n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup
     order by n_dead_tup + n_mod_since_analyze desc limit 1`,
  )
  for (const { name, dead } of rows) await engine.exec(dead ? `vacuum (analyze) ${name}` : `analyze ${name}`)
}
