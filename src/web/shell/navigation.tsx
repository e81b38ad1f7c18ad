import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Icon, type IconName } from '../parts/icon.tsx'
import { Lozenge } from '../parts/lozenge.tsx'
import { waitingQuery } from '../parts/waiting.ts'
import { shownNumber } from '../words/numbers.ts'
import { t, type Word } from '../words/t.ts'

const entries = [
  { to: '/', icon: 'overview', word: 'nav.overview' },
  { to: '/connections', icon: 'connections', word: 'nav.connections' },
  { to: '/sources', icon: 'source', word: 'nav.sources', nested: true },
  { to: '/targets', icon: 'target', word: 'nav.targets', nested: true },
  { to: '/local', icon: 'directory', word: 'nav.local', nested: true },
  { to: '/runs', icon: 'runs', word: 'nav.runs' },
  { to: '/reports', icon: 'audit', word: 'nav.reports', nested: true },
  { to: '/people', icon: 'people', word: 'nav.people' },
  { to: '/groups', icon: 'groups', word: 'nav.groups' },
  { to: '/approvals', icon: 'approvals', word: 'nav.approvals' },
  { to: '/work', icon: 'note', word: 'work.title', nested: true },
  { to: '/audit', icon: 'audit', word: 'nav.audit' },
  { to: '/settings', icon: 'settings', word: 'nav.settings' },
] as const satisfies readonly {
  readonly to: string
  readonly icon: IconName
  readonly word: Word
  readonly nested?: boolean
}[]

export function Navigation() {
  const { data } = useQuery(waitingQuery)
  return (
    <nav className="shell-nav" aria-label={t('nav.main')}>
      <ul className="list">
        {entries.map((entry) => (
          <li key={entry.to}>
            <Link
              to={entry.to}
              activeOptions={{ exact: entry.to === '/' }}
              className={'nested' in entry ? 'nested' : ''}
              title={t(entry.word)}
            >
              <Icon name={entry.icon} />
              <span className="label">{t(entry.word)}</span>
              {entry.to === '/approvals' && data !== undefined && data.count > 0 && (
                <span className="count">
                  <Lozenge tone="warning">{shownNumber(data.count)}</Lozenge>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
