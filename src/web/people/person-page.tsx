import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { PersonView } from '../../contract/people.ts'
import { ProvisioningError } from '../../domain/errors.ts'
import { api } from '../api.ts'
import { connectionsQuery } from '../connections/queries.ts'
import { Empty } from '../parts/empty.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { Page } from '../parts/page.tsx'
import { listed } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { AtAGlance } from './at-a-glance.tsx'
import { PersonInConnection } from './person-in-connection.tsx'

const route = getRouteApi('/people/one')
const pageSize = 20

/** Everything about one person, over all sources and targets. */
export function PersonPage() {
  const { person } = route.useSearch()
  if (person === undefined) {
    return (
      <Page title={t('person.title')} crumbs={crumbs}>
        <Empty title={t('person.none')} actions={<LinkButton to="/people">{t('people.title')}</LinkButton>}>
          {t('person.noneLead')}
        </Empty>
      </Page>
    )
  }
  return <Asked key={person} person={person} />
}

const crumbs = [
  <Link key="all" to="/people">
    {t('people.title')}
  </Link>,
]

function Asked({ person }: { readonly person: string }) {
  const query = useInfiniteQuery({
    queryKey: ['person', person],
    queryFn: ({ pageParam, signal }) =>
      api.people.find(
        { query: { person, limit: pageSize, ...(pageParam === undefined ? {} : { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    // Each look stands in the audit log: only somebody who asks makes one.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const people = query.data?.pages.flatMap(({ items }) => items) ?? []
  const [only] = people
  const first = people.length === 1 ? only : undefined
  return (
    <Page
      title={first?.label ?? person}
      lead={people.length > 1 ? severalOf(person, people.length, query.hasNextPage) : t('person.lead')}
      crumbs={crumbs}
      actions={
        <>
          {first !== undefined && (
            <LinkButton to="/people" search={{ person: nameOf(first) }}>
              {t('person.why')}
            </LinkButton>
          )}
          <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
            {t('person.again')}
          </Button>
        </>
      }
    >
      {isNobody(query.error) && query.data === undefined ? (
        <Nobody person={person} />
      ) : (
        <Loaded query={query}>
          {() =>
            people.map((each) => (
              <Whole key={JSON.stringify([each.records, each.accounts])} person={each} isOnly={first !== undefined} />
            ))
          }
        </Loaded>
      )}
      <More query={query} />
    </Page>
  )
}

function severalOf(person: string, count: number, isMore: boolean): string {
  return t(isMore ? 'person.severalMore' : 'person.several', { count, person })
}

function isNobody(error: Error | null): boolean {
  return error instanceof ProvisioningError && error.code === 'not-found'
}

/** A name that every connection knows this person by: the key of a record, else the id of an account. */
function nameOf({ records, accounts, label }: PersonView): string {
  return records[0]?.key ?? accounts[0]?.id ?? label
}

function Nobody({ person }: { readonly person: string }) {
  const mayRead = useMay('operator')
  return (
    <Empty
      title={t('person.nobody', { person })}
      actions={
        mayRead && (
          <LinkButton to="/people" search={{ person, fresh: true }}>
            {t('people.fresh')}
          </LinkButton>
        )
      }
    >
      {t('person.nobodyLead')}
    </Empty>
  )
}

interface WholeProps {
  readonly person: PersonView
  /** The page has their name already. */
  readonly isOnly: boolean
}

function Whole({ person: { label, records, accounts, connections }, isOnly }: WholeProps) {
  const all = useQuery(connectionsQuery)
  const known = new Set(connections.map(({ connection }) => connection))
  const unknownTo = (all.data?.items ?? []).flatMap(({ key }) => (known.has(key) ? [] : [key]))
  const doorsTo = (directory: string) =>
    [...new Set(connections.flatMap((there) => (there.directoryKey === directory ? [there.target] : [])))].join(', ')
  return (
    <section className="stack" aria-label={label}>
      <div className="card stack">
        {!isOnly && (
          <h2 style={{ margin: 0 }} className="break">
            {label}
          </h2>
        )}
        <dl className="facts">
          <dt>{t('person.records')}</dt>
          <dd>
            {records.map(({ source, key }) => (
              <div key={`${source} ${key}`}>
                {source}: <code>{key}</code>
              </div>
            ))}
            {records.length === 0 && <span className="subtle">{t('person.noRecord')}</span>}
          </dd>
          <dt>{t('person.accounts')}</dt>
          <dd>
            {accounts.map(({ directoryKey, id }) => (
              <div key={`${directoryKey} ${id}`} title={directoryKey}>
                {doorsTo(directoryKey)}: <code>{id}</code>
              </div>
            ))}
            {accounts.length === 0 && <span className="subtle">{t('person.noAccount')}</span>}
          </dd>
        </dl>
        <AtAGlance connections={connections} />
        {unknownTo.length > 0 && (
          <div className="subtle">{t('person.unknownTo', { connections: listed(unknownTo) })}</div>
        )}
      </div>
      {connections.map((there) => (
        <PersonInConnection key={`${there.connection} ${there.sourceKey} ${there.accountId}`} there={there} />
      ))}
    </section>
  )
}
