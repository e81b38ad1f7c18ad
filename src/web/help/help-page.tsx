import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { connectionsQuery } from '../connections/queries.ts'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { Page } from '../parts/page.tsx'
import { pageTitles } from '../shell/pages.ts'
import { t } from '../words/t.ts'
import { helpSearch } from './search.ts'
import { isAbout, type Topic, titleOf, topics } from './topics.ts'

const route = getRouteApi('/help')
/** Rules of more connections than these are found from the list of connections. */
const mostLinked = 8

/** What everything is called here and elsewhere, what it does, and where it stands. Nothing is asked over the network. */
export function HelpPage() {
  const { text = '', topic } = route.useSearch()
  const navigate = route.useNavigate()
  const shown = topics.filter((each) => (topic === undefined ? isAbout(each, text) : each.id === topic))
  return (
    <Page title={t('help.title')} lead={t('help.lead')}>
      <search>
        <TextInput
          aria-label={t('help.search')}
          placeholder={t('help.search')}
          leftSection={<Icon name="search" />}
          maw={480}
          value={text}
          onChange={(event) =>
            void navigate({
              search: helpSearch({ text: event.currentTarget.value }),
              replace: true,
              resetScroll: false,
            })
          }
        />
      </search>
      {topic !== undefined && (
        <div className="in-text">
          <Link to="/help">{t('plan.clear')}</Link>
        </div>
      )}
      {shown.length === 0 && <Empty title={t('help.empty')}>{t('help.emptyLead')}</Empty>}
      <ul className="list stack">
        {shown.map((each) => (
          <Entry key={each.id} topic={each} isChosen={each.id === topic} />
        ))}
      </ul>
    </Page>
  )
}

function Entry({ topic, isChosen }: { readonly topic: Topic; readonly isChosen: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (isChosen) heading.current?.focus()
  }, [isChosen])
  return (
    <li className="stack-tight prose">
      <h2 ref={heading} tabIndex={-1} style={{ margin: 0, fontSize: 16 }}>
        {titleOf(topic)}
      </h2>
      <div>{t(`help.text.${topic.id}`)}</div>
      <div className="subtle">{t('help.known', { aliases: topic.aliases.join(', ') })}</div>
      <div className="row in-text">
        <Places topic={topic} />
      </div>
    </li>
  )
}

function Places({ topic: { place } }: { readonly topic: Topic }) {
  const connections = useQuery(connectionsQuery)
  if ('to' in place) return <Link to={place.to}>{t('help.open', { page: pageTitles[place.to] })}</Link>
  const items = connections.data?.items ?? []
  if (items.length === 0) return <Link to="/connections">{t('help.open', { page: t('nav.connections') })}</Link>
  return (
    <>
      <span className="subtle">{t('help.connections')}</span>
      {items.slice(0, mostLinked).map(({ key, displayName }) => (
        <Link key={key} to="/connections/$key/rules" params={{ key }} search={{ part: place.part }}>
          {displayName ?? key}
        </Link>
      ))}
    </>
  )
}
