import { Button, Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ConnectionDetail } from '../../contract/connections.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { jsonObject } from '../parts/json-text.ts'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { connectionsQuery } from './queries.ts'

/** The rules as they were written, to be changed where they are ours, and every version before. */
export function ConnectionSettings({ connection }: { readonly connection: ConnectionDetail }) {
  const { key, document, owner } = connection
  const [dialog, setDialog] = useState<'edit' | 'delete'>()
  const [text, setText] = useState('')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const mayEdit = useMay('admin') && owner === 'store'
  const history = useQuery({
    queryKey: ['connections', key, 'history'],
    queryFn: () => api.connections.history({ params: { key } }),
  })
  const close = () => setDialog(undefined)
  const save = async () => {
    await api.connections.put({ params: { key }, body: { document: jsonObject(text) } })
    await queries.invalidateQueries({ queryKey: ['connections'] })
  }
  const remove = async () => {
    await api.connections.delete({ params: { key } })
    await queries.invalidateQueries({ queryKey: connectionsQuery.queryKey })
    await navigate({ to: '/connections' })
  }
  return (
    <div className="columns">
      <section className="stack-tight">
        <div className="spread">
          <h2 style={{ margin: 0 }}>{t('connection.document')}</h2>
          {mayEdit && (
            <div className="row">
              <Button
                variant="default"
                size="xs"
                onClick={() => {
                  setText(JSON.stringify(document, null, 2))
                  setDialog('edit')
                }}
              >
                {t('connection.edit')}
              </Button>
              <Button variant="subtle" color="red" size="xs" onClick={() => setDialog('delete')}>
                {t('connection.delete')}
              </Button>
            </div>
          )}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre className="once" tabIndex={0} style={{ margin: 0, overflow: 'auto', maxHeight: 420 }}>
          {JSON.stringify(document, null, 2)}
        </pre>
      </section>
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('connection.history')}</h2>
        <Loaded query={history}>
          {({ items }) => (
            <ul className="list stack-tight">
              {items.slice(0, 20).map(({ version, savedAt, savedBy }) => (
                <li key={version}>
                  {t('connection.version', { version, who: savedBy })} <When at={savedAt} short />
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </section>
      <Confirm
        opened={dialog === 'edit'}
        title={t('connection.edit')}
        action={t('action.save')}
        close={close}
        act={save}
      >
        <Textarea
          label={t('connection.document')}
          description={t('connection.documentHelp')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          rows={18}
          spellCheck={false}
          classNames={{ input: 'code' }}
        />
      </Confirm>
      <Confirm
        opened={dialog === 'delete'}
        title={t('connection.delete')}
        action={t('connection.delete')}
        danger
        close={close}
        act={remove}
      >
        {t('connection.deleteLead')}
      </Confirm>
    </div>
  )
}
