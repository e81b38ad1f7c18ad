import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ConnectionDetail } from '../../contract/connections.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { usePages } from '../parts/pages.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { connectionsQuery } from './queries.ts'

/** The rules as they were written, to be changed where they are ours, and every version before. */
export function ConnectionSettings({ connection }: { readonly connection: ConnectionDetail }) {
  const { key, document, owner } = connection
  const [isDeleting, setIsDeleting] = useState(false)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const isOurs = owner === 'store'
  const mayEdit = useMay('admin', key) && isOurs
  const mayDelete = useMay('admin') && isOurs
  const history = usePages(['connections', key, 'history'], 20, (page, signal) =>
    api.connections.history({ params: { key }, query: page }, { signal }),
  )
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
          <div className="row">
            <LinkButton to="/connections/$key/rules" params={{ key }} variant="default" size="xs">
              {t(mayEdit ? 'rules.edit' : 'rules.title')}
            </LinkButton>
            {mayDelete && (
              <Button variant="subtle" color="red" size="xs" onClick={() => setIsDeleting(true)}>
                {t('connection.delete')}
              </Button>
            )}
          </div>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre className="once" tabIndex={0} style={{ margin: 0, overflow: 'auto', maxHeight: 420 }}>
          {JSON.stringify(document, null, 2)}
        </pre>
      </section>
      <section className="stack-tight">
        <h2 style={{ margin: 0 }}>{t('connection.history')}</h2>
        <Loaded query={history}>
          {({ pages }) => (
            <ul className="list stack-tight">
              {pages
                .flatMap(({ items }) => items)
                .map(({ version, savedAt, savedBy }) => (
                  <li key={version}>
                    {t('connection.version', { version, who: savedBy })} <When at={savedAt} short />
                  </li>
                ))}
            </ul>
          )}
        </Loaded>
        <More query={history} />
      </section>
      <Confirm
        opened={isDeleting}
        title={t('connection.delete')}
        action={t('connection.delete')}
        danger
        close={() => setIsDeleting(false)}
        act={remove}
      >
        {t('connection.deleteLead')}
      </Confirm>
    </div>
  )
}
