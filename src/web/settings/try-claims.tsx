import { Button, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { fail } from '../../domain/errors.ts'
import { api } from '../api.ts'
import type { Document } from '../ends/field-value.ts'
import { Failure } from '../parts/failure.tsx'
import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'

type Claims = Readonly<Record<string, unknown>>

export interface TryClaimsProps {
  /** The settings as they are edited; absent = those that count now. */
  readonly document?: () => Document
}

/** What claims of the identity provider would give a person; nobody is signed in and nothing is saved. */
export function TryClaims({ document }: TryClaimsProps) {
  const [text, setText] = useState('')
  const trial = useMutation({
    mutationFn: (claims: Claims | undefined) =>
      api.singleSignOn.tryClaims({
        body: {
          ...(document === undefined ? {} : { document: { ...document() } }),
          ...(claims === undefined ? {} : { claims: { ...claims } }),
        },
      }),
  })
  const [unread, setUnread] = useState<unknown>()
  const tryText = () => {
    setUnread(undefined)
    try {
      trial.mutate(claimsIn(text))
    } catch (thrown) {
      trial.reset()
      setUnread(thrown)
    }
  }
  const { data } = trial
  return (
    <section className="stack-tight" aria-label={t('signOn.try')}>
      <h2 style={{ margin: 0 }}>{t('signOn.try')}</h2>
      <div className="subtle">{t('signOn.tryLead')}</div>
      <Textarea
        label={t('signOn.claims')}
        description={t('signOn.claimsHelp')}
        rows={4}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="row">
        <Button variant="default" disabled={text.trim() === ''} loading={trial.isPending} onClick={tryText}>
          {t('signOn.tryGiven')}
        </Button>
        <Button
          variant="subtle"
          disabled={trial.isPending}
          onClick={() => {
            setUnread(undefined)
            trial.mutate(undefined)
          }}
        >
          {t('signOn.tryOwn')}
        </Button>
      </div>
      {unread !== undefined && <Failure error={unread} />}
      {trial.error !== null && <Failure error={trial.error} />}
      {data?.problem !== undefined && (
        <Message tone="warning" title={data.problem.message} alert>
          <div>{data.problem.hint}</div>
        </Message>
      )}
      {data !== undefined && (
        <dl className="facts">
          <dt>{t('signIn.userName')}</dt>
          <dd>{data.displayName === undefined ? data.userName : `${data.userName} (${data.displayName})`}</dd>
          <dt>{t('signOn.groups')}</dt>
          <dd>{data.groups.length === 0 ? t('signOn.none') : data.groups.join(', ')}</dd>
          <dt>{t('signOn.fitting')}</dt>
          <dd>
            {data.rules
              .filter(({ fits }) => fits)
              .map(({ group }) => group)
              .join(', ') || t('signOn.none')}
          </dd>
          <dt>{t('users.roles')}</dt>
          <dd>
            {data.grants
              .map(({ role, connection }) => (connection === undefined ? role : `${role} (${connection})`))
              .join(', ') || t('signOn.none')}
          </dd>
        </dl>
      )}
    </section>
  )
}

/** Claims as JSON, or those inside a token as it is sent; the signature of a token is not looked at here. */
function claimsIn(text: string): Claims {
  const [, payload] = /^\s*[\w-]+\.([\w-]+)\.[\w-]*\s*$/.exec(text) ?? []
  try {
    const value: unknown = JSON.parse(payload === undefined ? text : decoded(payload))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Claims
  } catch {
    // Said below.
  }
  throw fail.usage(t('signOn.noClaims'), { hint: t('signOn.noClaimsHint') })
}

function decoded(base64url: string): string {
  const bytes = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return new TextDecoder().decode(Uint8Array.from(bytes, (each) => each.charCodeAt(0)))
}
