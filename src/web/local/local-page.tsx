import { Button, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { endsQuery } from '../ends/queries.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { NoMatch } from '../parts/no-match.tsx'
import { Page } from '../parts/page.tsx'
import { usePages } from '../parts/pages.ts'
import { SearchField } from '../parts/search-field.tsx'
import { useTypedFilter } from '../parts/typed-filter.ts'
import { t } from '../words/t.ts'
import { LocalGroups } from './local-groups.tsx'

/** The built-in directory: people and groups kept here. */
export function LocalPage() {
  const sources = useQuery(endsQuery('sources'))
  const [chosen, setChosen] = useState<string>()
  return (
    <Page title={t('local.title')} lead={t('local.emptyLead')}>
      <Loaded
        query={sources}
        isEmpty={({ items }) => items.every(({ type }) => type !== 'local')}
        empty={
          <Empty title={t('local.empty')} actions={<LinkButton to="/sources/new">{t('end.new.sources')}</LinkButton>}>
            {t('local.emptyLead')}
          </Empty>
        }
      >
        {({ items }) => {
          const local = items.filter(({ type }) => type === 'local')
          const source = chosen ?? local[0]?.key ?? ''
          return (
            <div className="stack">
              {local.length > 1 && (
                <Select
                  label={t('connection.source')}
                  maw={320}
                  data={local.map(({ key }) => key)}
                  value={source}
                  onChange={(value) => setChosen(value ?? undefined)}
                />
              )}
              <div className="columns">
                <LocalPeople key={`people ${source}`} source={source} />
                <LocalGroups key={`groups ${source}`} source={source} />
              </div>
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}

function LocalPeople({ source }: { readonly source: string }) {
  const queries = useQueryClient()
  const mayEdit = useMay('admin')
  const [form, setForm] = useState({ userName: '', mail: '', name: '' })
  const [error, setError] = useState<unknown>()
  const [text, setText] = useState('')
  const [typed, setTyped] = useTypedFilter(text, setText)
  const query = usePages(['local', source, 'people', text], 100, (page, signal) =>
    api.local.people({ params: { source }, query: { ...page, ...(text === '' ? {} : { text }) } }, { signal }),
  )
  const put = async (key: string, body: Parameters<typeof api.local.putPerson>[0]['body']) => {
    setError(undefined)
    try {
      await api.local.putPerson({ params: { source, key }, body })
      await queries.invalidateQueries({ queryKey: ['local', source] })
    } catch (thrown) {
      setError(thrown)
    }
  }
  const add = async (event: FormEvent) => {
    event.preventDefault()
    const { userName, mail, name } = form
    await put(userName, { userName, attributes: { mail, displayName: name === '' ? null : name } })
    setForm({ userName: '', mail: '', name: '' })
  }
  return (
    <section className="stack-tight">
      <h2 style={{ margin: 0 }}>{t('local.people')}</h2>
      {mayEdit && (
        <form className="row" onSubmit={add} style={{ alignItems: 'flex-end' }}>
          {(['userName', 'mail', 'name'] as const).map((name) => (
            <TextInput
              key={name}
              label={t(`local.${name}`)}
              required={name !== 'name'}
              type={name === 'mail' ? 'email' : 'text'}
              w={180}
              value={form[name]}
              onChange={(event) => {
                const { value } = event.currentTarget
                setForm((before) => ({ ...before, [name]: value }))
              }}
            />
          ))}
          <Button type="submit" variant="default">
            {t('local.add')}
          </Button>
        </form>
      )}
      {error !== undefined && <Failure error={error} />}
      <SearchField label={t('local.searchPeople')} value={typed} onType={setTyped} width={320} />
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          text === '' ? (
            <div className="subtle">{t('local.noPeople')}</div>
          ) : (
            <NoMatch title={t('local.nobodyCalled')} clear={() => setTyped('')} />
          )
        }
      >
        {({ pages }) => (
          <div className="table-wrap">
            <table className="table">
              <tbody>
                {pages
                  .flatMap(({ items }) => items)
                  .map(({ key, userName, active, attributes }) => (
                    <tr key={key}>
                      <td>
                        <strong>{userName}</strong> {!active && <Lozenge tone="neutral">{t('local.inactive')}</Lozenge>}
                      </td>
                      <td className="break">
                        <div>{attributes.displayName}</div>
                        <div className="subtle">{[attributes.mail].flat().join(', ')}</div>
                      </td>
                      <td className="right">
                        {mayEdit && (
                          <Button
                            size="compact-sm"
                            variant="subtle"
                            onClick={() => void put(key, { userName, active: !active, attributes })}
                          >
                            {t(active ? 'local.disable' : 'local.enable')}
                          </Button>
                        )}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <More query={query} />
    </section>
  )
}
