import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { EndDetail } from '../../contract/ends.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { EndStateLozenge, Problems } from '../parts/end-state.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { Message } from '../parts/message.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { AttributeTable } from './attribute-table.tsx'
import { Doctor } from './doctor.tsx'
import { EndForm } from './end-form.tsx'
import { catalogQuery, endQuery, type Noun } from './queries.ts'
import { SearchUser } from './search-user.tsx'
import { Trial } from './trial.tsx'

export const SourcePage = () => <EndPage noun="sources" />
export const TargetPage = () => <EndPage noun="targets" />

function EndPage({ noun }: { readonly noun: Noun }) {
  const { key = '' } = useParams({ strict: false })
  const query = useQuery(endQuery(noun, key))
  return <Loaded query={query}>{(end) => <Ready noun={noun} end={end} />}</Loaded>
}

function Ready({ noun, end }: { readonly noun: Noun; readonly end: EndDetail }) {
  const { key, displayName, title, state, owner, type } = end
  const [isEditing, setIsEditing] = useState(false)
  const [isDeleting, setIsDeleting] = useState(false)
  const catalog = useQuery(catalogQuery)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const mayEdit = useMay('admin') && owner === 'store'
  const mayCheck = useMay('operator')
  const mayTry = useMay('admin')
  const kind = catalog.data?.[noun].find((each) => each.type === type)
  const remove = async () => {
    await api[noun].delete({ params: { key } })
    await queries.invalidateQueries({ queryKey: [noun] })
    await navigate({ to: `/${noun}` })
  }
  return (
    <Page
      title={displayName ?? key}
      marks={<EndStateLozenge state={state.state} />}
      lead={title}
      crumbs={[
        <Link key="all" to={`/${noun}`}>
          {t(`nav.${noun}`)}
        </Link>,
      ]}
      actions={
        <>
          {type === 'scim-push' && (
            <LinkButton to="/sources/$key/push" params={{ key }}>
              {t('push.title')}
            </LinkButton>
          )}
          {type === 'local' && (
            <LinkButton to="/local" variant="default">
              {t('nav.local')}
            </LinkButton>
          )}
          {mayEdit && (
            <>
              <Button variant="default" onClick={() => setIsEditing(!isEditing)}>
                {t('end.change')}
              </Button>
              <Button variant="subtle" color="red" onClick={() => setIsDeleting(true)}>
                {t('end.delete')}
              </Button>
            </>
          )}
        </>
      }
    >
      {state.problems.length > 0 && (
        <Message tone={state.state === 'incomplete' ? 'danger' : 'warning'} title={t(`end.state.${state.state}`)}>
          <Problems problems={state.problems} />
        </Message>
      )}
      {owner === 'file' && (
        <Message tone="info" title={t('connection.managedByFile')}>
          <div>{t('connection.managedByFileHelp')}</div>
        </Message>
      )}
      {mayCheck && <Doctor noun={noun} endKey={key} />}
      {isEditing && kind !== undefined ? (
        <EndForm noun={noun} kind={kind} present={end} action={t('action.save')} saved={() => setIsEditing(false)} />
      ) : (
        <Settings end={end} />
      )}
      {noun === 'sources' && mayTry && kind?.way === 'pull' && !isEditing && <Trial source={key} />}
      {noun === 'sources' && mayCheck && (
        <>
          <SearchUser source={key} />
          <AttributeTable source={key} />
        </>
      )}
      <Confirm
        opened={isDeleting}
        title={t('end.delete')}
        action={t('end.delete')}
        danger
        close={() => setIsDeleting(false)}
        act={remove}
      >
        {t('end.deleteLead')}
      </Confirm>
    </Page>
  )
}

function Settings({ end: { document, secrets } }: { readonly end: EndDetail }) {
  const isSecret = new Set(secrets.map(({ field }) => field))
  const plain = Object.entries(document).filter(([name]) => !isSecret.has(name))
  return (
    <section className="stack-tight">
      <h2 style={{ margin: 0 }}>{t('end.settings')}</h2>
      <dl className="facts">
        {plain.map(([name, value]) => (
          <FactRow key={name} name={name}>
            {typeof value === 'string' ? value : JSON.stringify(value)}
          </FactRow>
        ))}
        {secrets.map(({ field, from, name = '', expires }) => (
          <FactRow key={field} name={field}>
            {t(`end.secret.${from}`, { name })}
            {expires !== undefined && (
              <>
                {' '}
                ({t('end.secretExpires')} <When at={expires} />)
              </>
            )}
          </FactRow>
        ))}
      </dl>
    </section>
  )
}

function FactRow({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>{children}</dd>
    </>
  )
}
