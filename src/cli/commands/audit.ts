import { command } from '../command.ts'
import { everyItem } from '../pages.ts'
import { shownTime, table } from '../render/text.ts'

/** Exit code when the log is not as it was written: somebody has to look. */
const brokenExit = 5

export const auditList = command({
  name: 'audit list',
  summary: 'who did what, the newest first',
  options: { limit: { kind: 'number', value: 'N', help: 'at most N entries (50 if left out)' } },
  examples: ['audit list', 'audit list --limit 1000 --json'],
  async run({ options, output, session }) {
    const client = await session.client()
    const items = await everyItem(
      (cursor, limit) =>
        client.audit.list({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } }, session.call),
      options.limit ?? 50,
    )
    const rows = items.map(({ seq, at, actor, act, subject, detail }) => [
      String(seq),
      shownTime(at),
      actor,
      act,
      subject,
      detail === undefined ? '' : JSON.stringify(detail).slice(0, 100),
    ])
    const columns = [
      { title: 'entry', align: 'right' as const },
      ...['at', 'who', 'act', 'subject', 'detail'].map((title) => ({ title })),
    ]
    output.show({ items }, items.length === 0 ? ['The audit log is empty.'] : table(columns, rows))
    return 0
  },
})

export const auditVerify = command({
  name: 'audit verify',
  summary: 'prove that no entry of the audit log was changed or taken out',
  examples: ['audit verify'],
  async run({ output, session }) {
    const client = await session.client()
    const verified = await client.audit.verify(undefined, session.call)
    output.show(verified, [
      verified.whole
        ? output.paint('green', 'The audit log is whole.')
        : output.paint(
            'red',
            `The audit log is broken at entry ${verified.firstBrokenSeq ?? '?'}: it was changed outside of Muster.`,
          ),
    ])
    return verified.whole ? 0 : brokenExit
  },
})
