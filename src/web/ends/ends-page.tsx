import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Empty } from '../parts/empty.tsx'
import { EndStateLozenge, Problems } from '../parts/end-state.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { Page } from '../parts/page.tsx'
import { t } from '../words/t.ts'
import { endsQuery, type Noun } from './queries.ts'

export const SourcesPage = () => <EndsPage noun="sources" />
export const TargetsPage = () => <EndsPage noun="targets" />

function EndsPage({ noun }: { readonly noun: Noun }) {
  const query = useQuery(endsQuery(noun))
  const add = useMay('admin') && <LinkButton to={`/${noun}/new`}>{t(`end.new.${noun}`)}</LinkButton>
  return (
    <Page title={t(`nav.${noun}`)} actions={add}>
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty title={t(`end.empty.${noun}`)} actions={add}>
            {t(`end.emptyLead.${noun}`)}
          </Empty>
        }
      >
        {({ items }) => (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('end.name')}</th>
                  <th>{t('end.type')}</th>
                  <th>{t('end.state')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map(({ key, displayName, title, state }) => (
                  <tr key={key}>
                    <td>
                      <Link to={`/${noun}/$key`} params={{ key }}>
                        {displayName ?? key}
                      </Link>
                      {displayName !== undefined && <span className="subtle"> {key}</span>}
                    </td>
                    <td>{title}</td>
                    <td>
                      <EndStateLozenge state={state.state} />
                      <Problems problems={state.problems} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Page>
  )
}
