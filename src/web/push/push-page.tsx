import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { useMay } from '../parts/me.ts'
import { Message } from '../parts/message.tsx'
import { Page } from '../parts/page.tsx'
import { Copyable, SecretOnce } from '../parts/secret-once.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { SetUpSteps } from './set-up-steps.tsx'

const route = getRouteApi('/sources/$key/push')
/** Somebody at an identity provider waits for the light to turn green. */
const lookMs = 3_000

/** What an identity provider is given, and what it has sent so far. */
export function PushPage() {
  const { key } = route.useParams()
  const queries = useQueryClient()
  const mayEdit = useMay('admin')
  const [declaring, setDeclaring] = useState(false)
  const status = useQuery({
    queryKey: ['push', key],
    queryFn: () => api.push.status({ params: { key } }),
    refetchInterval: lookMs,
  })
  const refresh = () => queries.invalidateQueries({ queryKey: ['push', key] })
  const token = useMutation({
    mutationFn: (act: 'createToken' | 'rotateToken') => api.push[act]({ params: { key }, body: {} }),
    onSuccess: refresh,
  })
  const declare = async () => {
    await api.push.declareBaseline({ params: { key } })
    await refresh()
  }
  return (
    <Page
      title={t('push.title')}
      crumbs={[
        <Link key="all" to="/sources">
          {t('nav.sources')}
        </Link>,
        <Link key="one" to="/sources/$key" params={{ key }}>
          {key}
        </Link>,
      ]}
    >
      <Loaded query={status}>
        {(data) => (
          <div className="stack">
            <FirstRequest counts={data} />
            <section className="stack-tight">
              <h2 style={{ margin: 0 }}>{t('push.baseUrl')}</h2>
              <Copyable
                value={data.baseUrl.startsWith('/') ? `${window.location.origin}${data.baseUrl}` : data.baseUrl}
                label={t('push.baseUrl')}
              />
            </section>
            <section className="stack-tight">
              <h2 style={{ margin: 0 }}>{t('push.tokens')}</h2>
              {token.data !== undefined && <SecretOnce title={t('push.tokenMade')} value={token.data.value} />}
              {token.error !== null && <Failure error={token.error} />}
              <ul className="list stack-tight">
                {data.tokens.map(({ id, prefix, createdAt, expiresAt, lastUsedAt }) => (
                  <li key={id}>
                    <code>{prefix}…</code> <When at={createdAt} short />
                    {expiresAt !== undefined && (
                      <>
                        , {t('end.secretExpires')} <When at={expiresAt} />
                      </>
                    )}
                    , {t('settings.tokenLastUsed').toLowerCase()}{' '}
                    {lastUsedAt === undefined ? t('settings.tokenNever') : <When at={lastUsedAt} />}
                  </li>
                ))}
              </ul>
              {mayEdit && (
                <div>
                  <Button
                    variant={data.tokens.length === 0 ? 'filled' : 'default'}
                    loading={token.isPending}
                    onClick={() => token.mutate(data.tokens.length === 0 ? 'createToken' : 'rotateToken')}
                  >
                    {t(data.tokens.length === 0 ? 'push.token' : 'push.rotate')}
                  </Button>
                </div>
              )}
            </section>
            <SetUpSteps
              baseUrl={data.baseUrl.startsWith('/') ? `${window.location.origin}${data.baseUrl}` : data.baseUrl}
            />
            {data.baselineAt === undefined && mayEdit && (
              <Message
                tone={data.baselineOffered ? 'warning' : 'neutral'}
                title={t(data.baselineOffered ? 'push.baselineOffered' : 'push.baseline')}
                actions={
                  <Button size="xs" variant="default" onClick={() => setDeclaring(true)}>
                    {t('push.baseline')}
                  </Button>
                }
              >
                <div>{t('push.baselineLead')}</div>
              </Message>
            )}
            <Requests source={key} />
          </div>
        )}
      </Loaded>
      <Confirm
        opened={declaring}
        title={t('push.baseline')}
        action={t('push.baseline')}
        close={() => setDeclaring(false)}
        act={declare}
      >
        {t('push.baselineLead')}
      </Confirm>
    </Page>
  )
}

/** The light: grey until the first request, then green with what arrived. */
function FirstRequest({
  counts,
}: {
  readonly counts: {
    readonly users: number
    readonly groups: number
    readonly memberships: number
    readonly changedAt?: string | undefined
    readonly tokens: readonly { readonly lastUsedAt?: string | undefined }[]
  }
}) {
  const { users, groups, memberships, tokens } = counts
  const seen = tokens.flatMap(({ lastUsedAt }) => (lastUsedAt === undefined ? [] : [lastUsedAt])).sort()
  const last = seen.at(-1)
  if (last === undefined) {
    return (
      <Message tone="neutral" title={t('push.none')} alert>
        <div>{t('push.noneLead')}</div>
      </Message>
    )
  }
  return (
    <Message tone="success" title={t('push.counts', { users, groups, memberships })} alert>
      <div>
        {t('settings.tokenLastUsed')} <When at={last} />
      </div>
    </Message>
  )
}

function Requests({ source }: { readonly source: string }) {
  const query = useQuery({
    queryKey: ['push', source, 'requests'],
    queryFn: () => api.push.requests({ params: { key: source }, query: { limit: 50 } }),
    refetchInterval: lookMs,
  })
  return (
    <section className="stack-tight">
      <h2 style={{ margin: 0 }}>{t('push.requests')}</h2>
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<div className="subtle">{t('push.none')}</div>}
      >
        {({ items }) => (
          <div className="table-wrap">
            <table className="table">
              <tbody>
                {items.map(({ id, at, method, path, status, subject, problem }) => (
                  <tr key={id}>
                    <td>
                      <When at={at} short />
                    </td>
                    <td className="break">
                      <code>
                        {method} {path}
                      </code>
                    </td>
                    <td>
                      <Lozenge tone={status < 400 ? 'success' : 'danger'}>{status}</Lozenge>
                    </td>
                    <td className="break">{subject}</td>
                    <td className="break">{problem}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </section>
  )
}
