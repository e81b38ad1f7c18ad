import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { shownNumber } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { useRules } from './rules.tsx'

/** How long nobody may have typed before everybody is planned for. */
const pauseMs = 700

/** How many people would change under the rules as they are edited. What is asked for former rules is given up. */
export function Impact() {
  const { connection, document } = useRules()
  const [rested] = useDebouncedValue(document, pauseMs)
  const query = useQuery({
    queryKey: ['impact', connection, rested],
    queryFn: ({ signal }) =>
      api.connections.impact({ params: { key: connection ?? '' }, body: { document: { ...rested } } }, { signal }),
    enabled: connection !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  })
  const { data, error, isFetching } = query
  const isOld = isFetching || rested !== document
  if (error !== null && !isFetching) return <span className="subtle">{t('impact.failed', { why: error.message })}</span>
  if (data === undefined) return isFetching ? <span className="subtle">{t('impact.counting')}</span> : null
  const { counted, tooMany } = data
  if (counted === undefined) {
    return <span className="subtle">{t('impact.tooMany', { count: shownNumber(tooMany ?? 0) })}</span>
  }
  const { people, different, losing, examples } = counted
  return (
    <details className={isOld ? 'subtle' : undefined} aria-busy={isOld}>
      <summary>
        <span role="status">
          <strong>{t('impact.different', { count: different })}</strong>{' '}
          {losing > 0 && <span className="tone-remove">{t('impact.losing', { count: losing })} </span>}
          {isOld && t('impact.counting')}
        </span>
      </summary>
      <div>{t('impact.people', { count: people })}</div>
      <ul style={{ margin: 0, paddingLeft: 20 }}>
        {examples.map(({ label, more, fewer }) => (
          <li key={label} className="break">
            {label}
            {more.map((text) => (
              <div key={text} className="small">
                {t('rules.then')} {text}
              </div>
            ))}
            {fewer.map((text) => (
              <div key={text} className="small">
                {t('rules.notThen')} {text}
              </div>
            ))}
          </li>
        ))}
      </ul>
    </details>
  )
}
