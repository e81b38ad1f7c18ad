import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { driftSearch } from './drift/search.ts'
import { groupsSearch } from './groups/search.ts'
import { helpSearch } from './help/search.ts'
import { workSearch } from './items/search.ts'
import { Empty } from './parts/empty.tsx'
import { Failure } from './parts/failure.tsx'
import { peopleSearch, personSearch } from './people/search.ts'
import { planFilter } from './plan/filter.ts'
import { reportSearch } from './reports/search.ts'
import { rulesSearch } from './rules/search.ts'
import { runsSearch } from './runs/search.ts'
import { settingsSearch } from './settings/search.ts'
import { Shell } from './shell/shell.tsx'
import { t } from './words/t.ts'

const root = createRootRoute({ component: Shell })
const at = <const Path extends string>(path: Path) => ({ getParentRoute: () => root, path })

const overview = createRoute({
  ...at('/'),
  component: lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
})
const runs = createRoute({
  ...at('/runs'),
  validateSearch: runsSearch,
  component: lazyRouteComponent(() => import('./runs/runs-page.tsx'), 'RunsPage'),
})

const run = createRoute({
  ...at('/runs/$run'),
  validateSearch: planFilter,
  component: lazyRouteComponent(() => import('./plan/run-page.tsx'), 'RunPage'),
})

const reports = createRoute({
  ...at('/reports'),
  validateSearch: reportSearch,
  component: lazyRouteComponent(() => import('./reports/reports-page.tsx'), 'ReportsPage'),
})
const connections = createRoute({
  ...at('/connections'),
  component: lazyRouteComponent(() => import('./connections/connections-page.tsx'), 'ConnectionsPage'),
})
const newConnection = createRoute({
  ...at('/connections/new'),
  component: lazyRouteComponent(() => import('./wizard/wizard-page.tsx'), 'WizardPage'),
})
const connection = createRoute({
  ...at('/connections/$key'),
  component: lazyRouteComponent(() => import('./connections/connection-page.tsx'), 'ConnectionPage'),
})
const rules = createRoute({
  ...at('/connections/$key/rules'),
  validateSearch: rulesSearch,
  component: lazyRouteComponent(() => import('./rules/rules-page.tsx'), 'RulesPage'),
})
const drift = createRoute({
  ...at('/connections/$key/drift'),
  validateSearch: driftSearch,
  component: lazyRouteComponent(() => import('./drift/drift-page.tsx'), 'DriftPage'),
})
const sources = createRoute({
  ...at('/sources'),
  component: lazyRouteComponent(() => import('./ends/ends-page.tsx'), 'SourcesPage'),
})
const newSource = createRoute({
  ...at('/sources/new'),
  component: lazyRouteComponent(() => import('./ends/new-end-page.tsx'), 'NewSourcePage'),
})
const source = createRoute({
  ...at('/sources/$key'),
  component: lazyRouteComponent(() => import('./ends/end-page.tsx'), 'SourcePage'),
})
const push = createRoute({
  ...at('/sources/$key/push'),
  component: lazyRouteComponent(() => import('./push/push-page.tsx'), 'PushPage'),
})
const targets = createRoute({
  ...at('/targets'),
  component: lazyRouteComponent(() => import('./ends/ends-page.tsx'), 'TargetsPage'),
})
const newTarget = createRoute({
  ...at('/targets/new'),
  component: lazyRouteComponent(() => import('./ends/new-end-page.tsx'), 'NewTargetPage'),
})
const target = createRoute({
  ...at('/targets/$key'),
  component: lazyRouteComponent(() => import('./ends/end-page.tsx'), 'TargetPage'),
})
const local = createRoute({
  ...at('/local'),
  component: lazyRouteComponent(() => import('./local/local-page.tsx'), 'LocalPage'),
})
const people = createRoute({
  ...at('/people'),
  validateSearch: peopleSearch,
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
})
const person = createRoute({
  ...at('/people/one'),
  validateSearch: personSearch,
  component: lazyRouteComponent(() => import('./people/person-page.tsx'), 'PersonPage'),
})
const groups = createRoute({
  ...at('/groups'),
  validateSearch: groupsSearch,
  component: lazyRouteComponent(() => import('./groups/groups-page.tsx'), 'GroupsPage'),
})
const approvals = createRoute({
  ...at('/approvals'),
  component: lazyRouteComponent(() => import('./items/approvals-page.tsx'), 'ApprovalsPage'),
})
const work = createRoute({
  ...at('/work'),
  validateSearch: workSearch,
  component: lazyRouteComponent(() => import('./items/work-page.tsx'), 'WorkPage'),
})
const audit = createRoute({
  ...at('/audit'),
  component: lazyRouteComponent(() => import('./settings/audit-page.tsx'), 'AuditPage'),
})
const account = createRoute({
  ...at('/account'),
  component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
})
const settings = createRoute({
  ...at('/settings'),
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
})

const help = createRoute({
  ...at('/help'),
  validateSearch: helpSearch,
  component: lazyRouteComponent(() => import('./help/help-page.tsx'), 'HelpPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    runs,
    run,
    reports,
    connections,
    newConnection,
    connection,
    rules,
    drift,
    sources,
    newSource,
    source,
    push,
    targets,
    newTarget,
    target,
    local,
    people,
    person,
    groups,
    approvals,
    work,
    audit,
    account,
    settings,
    help,
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultNotFoundComponent: () => <Empty title={t('state.notFound')}>{t('state.notFoundHelp')}</Empty>,
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
