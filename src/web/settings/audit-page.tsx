import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Message } from '../parts/message.tsx'
import { More } from '../parts/more.tsx'
import { Page } from '../parts/page.tsx'
import { usePages } from '../parts/pages.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { detailLines } from './audit-detail.ts'

/** Who did what, chained by hashes. */
export function AuditPage() {
  const query = usePages(['audit'], 100, (page, signal) => api.audit.list({ query: page }, { signal }))
  const verify = useMutation({ mutationFn: () => api.audit.verify() })
  return (
    <Page
      title={t('audit.title')}
      actions={
        <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
          {t('audit.verify')}
        </Button>
      }
    >
      {verify.error !== null && <Failure error={verify.error} />}
      {verify.data !== undefined && (
        <Message
          tone={verify.data.whole ? 'success' : 'danger'}
          title={verify.data.whole ? t('audit.whole') : t('audit.broken', { seq: verify.data.firstBrokenSeq ?? 0 })}
          alert
        />
      )}
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<Empty title={t('audit.empty')} />}
      >
        {({ pages }) => (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('audit.at')}</th>
                  <th>{t('audit.actor')}</th>
                  <th>{t('audit.act')}</th>
                  <th>{t('audit.subject')}</th>
                  <th>{t('audit.detail')}</th>
                </tr>
              </thead>
              <tbody>
                {pages
                  .flatMap(({ items }) => items)
                  .map(({ seq, at, actor, act, subject, detail }) => (
                    <tr key={seq}>
                      <td>
                        <When at={at} short />
                      </td>
                      <td>{actor}</td>
                      <td className="nowrap">{act}</td>
                      <td className="break">{subject}</td>
                      <td className="subtle small break">
                        {detailLines(detail).map((line) => (
                          <div key={line}>{line}</div>
                        ))}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <More query={query} />
    </Page>
  )
}
