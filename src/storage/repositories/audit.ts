import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { AuditEntry, AuditStore } from '../../ports/audit.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf } from '../database.ts'
import { jsonText, limitOf, numberCursor, present, slice, storable, time } from '../rows.ts'

interface Row {
  readonly seq: number
  readonly at: number
  readonly actor: string
  readonly act: string
  readonly subject: string
  /** As it was written: the hash is over this very text. */
  readonly detailText: string | null
  readonly hash: string
}

interface Head {
  readonly seq: number
  readonly hash: string
}

const columns = sql`seq, at, actor, act, subject, detail::text as "detailText", hash`
const largestSeq = 2_147_483_647
const verifiedAtOnce = 1_000

export function auditStore({ database }: StorageContext): AuditStore {
  return {
    append: async (entry) =>
      await inTransaction(database, async (transaction) => {
        const [head] = await rowsOf<Head>(transaction, sql`select seq, hash from audit_head for update`)
        const row = rowFor(entry, head ?? { seq: 0, hash: '' })
        await sql`insert into audit_entry (seq, at, actor, act, subject, detail, hash)
          values (${row.seq}, ${time(row.at)}, ${row.actor}, ${row.act}, ${row.subject}, ${row.detailText}::json, ${row.hash})`.execute(
          transaction,
        )
        await sql`update audit_head set seq = ${row.seq}, hash = ${row.hash}`.execute(transaction)
      }),
    list: async (page) => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from audit_entry where seq < ${numberCursor(page, largestSeq)}
            order by seq desc limit ${limitOf(page) + 1}`,
      )
      return slice(rows, page, shown, ({ seq }) => seq)
    },
    verify: async () =>
      await inTransaction(
        database,
        async (transaction) => {
          const last: { seq: number; hash: string } = { seq: 0, hash: '' }
          for (;;) {
            const rows = await rowsOf<Row>(
              transaction,
              sql`select ${columns} from audit_entry where seq > ${last.seq} order by seq limit ${verifiedAtOnce}`,
            )
            for (const row of rows) {
              if (row.seq !== last.seq + 1 || row.hash !== hashOf(row, last.hash)) return last.seq + 1
              last.seq = row.seq
              last.hash = row.hash
            }
            if (rows.length < verifiedAtOnce) break
          }
          const [head] = await rowsOf<Head>(transaction, sql`select seq, hash from audit_head`)
          return head?.seq === last.seq && head.hash === last.hash ? undefined : last.seq + 1
        },
        'repeatable read',
      ),
  }
}

function rowFor(entry: AuditEntry, head: Head): Row {
  const clean = (text: string) => storable(text) as string
  const row = {
    seq: head.seq + 1,
    at: Math.trunc(entry.at),
    actor: clean(entry.actor),
    act: clean(entry.act),
    subject: clean(entry.subject),
    detailText: jsonText(entry.detail) ?? null,
    hash: '',
  }
  return { ...row, hash: hashOf(row, head.hash) }
}

function hashOf({ seq, at, actor, act, subject, detailText }: Row, before: string): string {
  return createHash('sha256')
    .update(JSON.stringify([before, seq, at, actor, act, subject, detailText]))
    .digest('hex')
}

function shown({ detailText, ...row }: Row): AuditEntry & { readonly seq: number; readonly hash: string } {
  const detail = detailText === null ? undefined : (JSON.parse(detailText) as Record<string, unknown>)
  return present<AuditEntry & { readonly seq: number; readonly hash: string }>({ ...row, detail })
}
