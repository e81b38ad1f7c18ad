import { Button, Tabs } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useBlocker } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { ConnectionDetail } from '../../contract/connections.ts'
import { api } from '../api.ts'
import { connectionQuery } from '../connections/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { useMay } from '../parts/me.ts'
import { Message } from '../parts/message.tsx'
import { type Edit, Overtaken, unlessOvertaken, useEdited } from '../parts/overtaken.tsx'
import { Page } from '../parts/page.tsx'
import { t } from '../words/t.ts'
import { type Document, isSame } from './document.ts'
import { DocumentText } from './document-text.tsx'
import { GeneralRules } from './general-rules.tsx'
import { GroupRules } from './group-rules.tsx'
import { Impact } from './impact.tsx'
import { MappingEditor } from './mapping-editor.tsx'
import { PeopleRules } from './people-rules.tsx'
import { ProblemList } from './problem-list.tsx'
import { RulesProvider, useRules } from './rules.tsx'
import { SafetyRules } from './safety-rules.tsx'
import { ScheduleRules } from './schedule-rules.tsx'
import { partOf, ruleParts } from './search.ts'

const route = getRouteApi('/connections/$key/rules')

/** The rules of a connection as forms. */
export function RulesPage() {
  const { key } = route.useParams()
  const query = useQuery(connectionQuery(key))
  return <Loaded query={query}>{(connection) => <Edited connection={connection} />}</Loaded>
}

/** What somebody else saves meanwhile never takes the place of what is being written. */
function Edited({ connection }: { readonly connection: ConnectionDetail }) {
  const edited = useEdited(connection)
  return <Ready key={edited.base.version} edited={edited} />
}

function Ready({ edited }: { readonly edited: Edit<ConnectionDetail> }) {
  const connection = edited.base
  const [document, setDocument] = useState<Document>(connection.document)
  const isChanged = !isSame(connection.document, document)
  // Nothing was written yet, so nothing can be lost.
  useEffect(() => {
    if (edited.newer !== undefined && !isChanged) edited.take()
  })
  const { key, displayName } = connection
  const mayEdit = useMay('admin', key) && connection.owner === 'store'
  return (
    <Page
      title={t('rules.title')}
      lead={t('rules.lead')}
      crumbs={[
        <Link key="all" to="/connections">
          {t('nav.connections')}
        </Link>,
        <Link key="one" to="/connections/$key" params={{ key }}>
          {displayName ?? key}
        </Link>,
      ]}
    >
      {connection.owner === 'file' && (
        <Message tone="info" title={t('connection.managedByFile')}>
          <div>{t('connection.managedByFileHelp')}</div>
        </Message>
      )}
      <RulesProvider connection={key} document={document} change={setDocument}>
        <Parts mayEdit={mayEdit} />
        {mayEdit && <SaveBar isChanged={isChanged} edited={edited} />}
      </RulesProvider>
    </Page>
  )
}

/** Tabs, with the number of problems on each. */
function Parts({ mayEdit }: { readonly mayEdit: boolean }) {
  const { part = 'people' } = route.useSearch()
  const navigate = route.useNavigate()
  const { judgement } = useRules()
  const problems = judgement?.problems ?? []
  return (
    <Tabs
      value={part}
      onChange={(value) => void navigate({ search: { part: ruleParts.find((each) => each === value) ?? 'people' } })}
    >
      <Tabs.List aria-label={t('rules.parts')}>
        {ruleParts.map((each) => {
          const count = problems.filter(({ at }) => partOf(at) === each).length
          return (
            <Tabs.Tab key={each} value={each}>
              {t(`rules.part.${each}`)} {count > 0 && <Lozenge tone="danger">{count}</Lozenge>}
            </Tabs.Tab>
          )
        })}
      </Tabs.List>
      <fieldset disabled={!mayEdit} className="plain-set" style={{ paddingTop: 16 }}>
        <Tabs.Panel value="people">
          <PeopleRules />
        </Tabs.Panel>
        <Tabs.Panel value="attributes">
          <MappingEditor />
        </Tabs.Panel>
        <Tabs.Panel value="groups">
          <GroupRules />
        </Tabs.Panel>
        <Tabs.Panel value="safety">
          <SafetyRules />
        </Tabs.Panel>
        <Tabs.Panel value="schedule">
          <ScheduleRules />
        </Tabs.Panel>
        <Tabs.Panel value="document">
          <div className="stack">
            <GeneralRules />
            <DocumentText />
          </div>
        </Tabs.Panel>
      </fieldset>
    </Tabs>
  )
}

/** Saves, alone or with a preview of what the changed rules would do. */
function SaveBar({ isChanged, edited }: { readonly isChanged: boolean; readonly edited: Edit<ConnectionDetail> }) {
  const { connection: key = '', document, judgement } = useRules()
  const queries = useQueryClient()
  const navigate = route.useNavigate()
  const [busy, setBusy] = useState<'save' | 'preview'>()
  const [error, setError] = useState<unknown>()
  const leave = useBlocker({
    shouldBlockFn: ({ current, next }) => isChanged && busy === undefined && current.pathname !== next.pathname,
    withResolver: true,
  })
  const save = async (how: 'save' | 'preview') => {
    setBusy(how)
    setError(undefined)
    try {
      const look = () => queries.invalidateQueries({ queryKey: ['connections'] })
      const { version } = await unlessOvertaken(
        () => api.connections.put({ params: { key }, body: { document: { ...document }, basedOn: edited.basedOn } }),
        look,
      )
      edited.saved(version)
      if (how === 'preview') {
        const run = await api.connections.run({ params: { key }, body: { kind: 'preview' } })
        await navigate({ to: '/runs/$run', params: { run: String(run.number) }, ignoreBlocker: true })
      }
      await look()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(undefined)
    }
  }
  const isWrong = (judgement?.problems.length ?? 0) > 0
  return (
    <div className="stack-tight save-bar">
      <ProblemList />
      <Overtaken edited={edited} />
      {error !== undefined && <Failure error={error} />}
      <div className="row">
        <Button disabled={!isChanged || isWrong} loading={busy === 'preview'} onClick={() => void save('preview')}>
          {t('rules.saveAndPreview')}
        </Button>
        <Button
          variant="default"
          disabled={!isChanged || isWrong}
          loading={busy === 'save'}
          onClick={() => void save('save')}
        >
          {t('action.save')}
        </Button>
        <span className="subtle" aria-live="polite">
          {t(isWrong ? 'rules.mendFirst' : isChanged ? 'rules.changed' : 'rules.unchanged')}
        </span>
        {isChanged && !isWrong && <Impact />}
      </div>
      <Confirm
        opened={leave.status === 'blocked'}
        title={t('rules.leave')}
        action={t('rules.leaveAction')}
        danger
        close={() => leave.reset?.()}
        act={async () => leave.proceed?.()}
      >
        {t('rules.leaveLead')}
      </Confirm>
    </div>
  )
}
