import { PGlite } from '@electric-sql/pglite'
import { expect, it } from 'vitest'
import { tidy } from './housekeeping.ts'

it('vacuums what was deleted and leaves a tidy table alone', async () => {
  const engine = await PGlite.create()
  try {
    await engine.exec("create table note (text text); insert into note select 'x' from generate_series(1, 2000)")
    await engine.exec('delete from note')
    await engine.query('select pg_stat_force_next_flush()')
    await tidy(engine)
    await engine.query('select pg_stat_force_next_flush()')
    const { rows } = await engine.query(
      'select n_dead_tup::int as dead, vacuum_count::int as vacuumed from pg_stat_user_tables',
    )
    expect(rows).toEqual([{ dead: 0, vacuumed: 1 }])
    await tidy(engine)
    await engine.query('select pg_stat_force_next_flush()')
    const again = await engine.query('select vacuum_count::int as vacuumed from pg_stat_user_tables')
    expect(again.rows).toEqual([{ vacuumed: 1 }])
  } finally {
    await engine.close()
  }
})
