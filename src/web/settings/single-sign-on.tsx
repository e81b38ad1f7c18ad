import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SingleSignOnView } from '../../contract/single-sign-on.ts'
import { api } from '../api.ts'
import type { Document } from '../ends/field-value.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Message } from '../parts/message.tsx'
import { type Edit, useEdited } from '../parts/overtaken.tsx'
import { Copyable } from '../parts/secret-once.tsx'
import { t } from '../words/t.ts'
import { type RoleRule, RoleRules, tidyRules } from './role-rules.tsx'
import { useSettingDraft } from './setting-draft.ts'
import { SettingForm } from './setting-form.tsx'
import { TryClaims } from './try-claims.tsx'

const signOnQuery = { queryKey: ['single-sign-on'], queryFn: () => api.singleSignOn.get() } as const

/** How people sign in by an identity provider, and which of their groups give which role. */
export function SingleSignOn() {
  const query = useQuery(signOnQuery)
  return (
    <Loaded query={query}>
      {(view) => (
        <div className="stack">
          <div className="subtle">{t('signOn.lead')}</div>
          <Redirect uri={view.redirectUri} />
          {view.isOverridden && <Message tone="warning" title={t('signOn.overridden')} />}
          {view.from === 'file' ? <FromFile view={view} /> : <Edited view={view} />}
        </div>
      )}
    </Loaded>
  )
}

function Redirect({ uri }: { readonly uri: string | undefined }) {
  if (uri === undefined) {
    return (
      <Message tone="warning" title={t('signOn.noAddress')}>
        <div>{t('signOn.noAddressHelp')}</div>
      </Message>
    )
  }
  return (
    <dl className="facts">
      <dt>{t('signOn.redirect')}</dt>
      <dd>
        <Copyable value={uri} label={t('signOn.redirect')} />
      </dd>
    </dl>
  )
}

/** What the file keeps is shown and can be tried; it is changed in the file alone. */
function FromFile({ view: { document = {}, form } }: { readonly view: SingleSignOnView }) {
  return (
    <>
      <Message tone="info" title={t('signOn.fromFile')}>
        <div>{t('signOn.fromFileHelp')}</div>
      </Message>
      <dl className="facts">
        {form.fields
          .filter(({ name }) => document[name] !== undefined)
          .map(({ name, label }) => (
            <Fact key={name} label={label} value={document[name]} />
          ))}
      </dl>
      <ProviderTest />
      <TryClaims />
    </>
  )
}

function Fact({ label, value }: { readonly label: string; readonly value: unknown }) {
  return (
    <>
      <dt>{label}</dt>
      <dd className="break">{typeof value === 'string' ? value : <code>{JSON.stringify(value)}</code>}</dd>
    </>
  )
}

function Edited({ view }: { readonly view: SingleSignOnView }) {
  const edited = useEdited(view)
  return <Editor key={edited.base.version ?? 0} edited={edited} />
}

function Editor({ edited }: { readonly edited: Edit<SingleSignOnView> }) {
  const { document = {}, form, from } = edited.base
  const draft = useSettingDraft(form, document, ['roles'])
  const queries = useQueryClient()
  const [ending, setEnding] = useState(false)
  const again = async () => {
    await queries.invalidateQueries({ queryKey: signOnQuery.queryKey })
    await queries.invalidateQueries({ queryKey: ['sign-in'] })
  }
  const rules = (draft.value('roles') ?? []) as readonly RoleRule[]
  const tidy = (given: Document): Document => ({ ...given, roles: tidyRules(rules) })
  return (
    <>
      {from === 'none' && <Message tone="info" title={t('signOn.empty')} />}
      <SettingForm
        label={t('settings.tab.sign-on')}
        draft={draft}
        controls={{
          roles: (field) => (
            <RoleRules key="roles" field={field} rules={rules} change={(next) => draft.setValue('roles', next)} />
          ),
        }}
        put={(given, dryRun) =>
          api.singleSignOn.put({ body: { document: { ...tidy(given) }, dryRun, basedOn: edited.basedOn } })
        }
        edited={edited}
        look={again}
        saved={again}
        actions={(given) => (
          <>
            <ProviderTest document={() => tidy(given())} />
            {from === 'store' && (
              <Button variant="subtle" color="red" onClick={() => setEnding(true)}>
                {t('signOn.end')}
              </Button>
            )}
          </>
        )}
      />
      <TryClaims document={() => tidy(draft.document())} />
      <Confirm
        opened={ending}
        title={t('signOn.end')}
        action={t('signOn.end')}
        danger
        close={() => setEnding(false)}
        act={async () => {
          await api.singleSignOn.delete()
          edited.saved(0)
          await again()
        }}
      >
        {t('signOn.endLead')}
      </Confirm>
    </>
  )
}

/** Asks the provider what it says about itself. */
function ProviderTest({ document }: { readonly document?: () => Document }) {
  const trial = useMutation({
    mutationFn: async () =>
      api.singleSignOn.tryProvider({ body: document === undefined ? {} : { document: { ...document() } } }),
  })
  const { data } = trial
  return (
    <>
      <div>
        <Button variant="default" loading={trial.isPending} onClick={() => trial.mutate()}>
          {t('signOn.tryProvider')}
        </Button>
      </div>
      {trial.error !== null && <Failure error={trial.error} />}
      {data?.reached === true && <Message tone="success" title={t('signOn.reached')} alert />}
      {data?.problem !== undefined && (
        <Message tone="danger" title={data.problem.message} alert>
          <div>{data.problem.hint}</div>
        </Message>
      )}
    </>
  )
}
