import { t } from '../words/t.ts'

/** Titles of the pages that everybody finds by name. */
export const pageTitles = {
  '/': t('nav.overview'),
  '/connections': t('nav.connections'),
  '/connections/new': t('connection.new'),
  '/sources': t('nav.sources'),
  '/targets': t('nav.targets'),
  '/local': t('nav.local'),
  '/runs': t('nav.runs'),
  '/reports': t('nav.reports'),
  '/people': t('nav.people'),
  '/groups': t('nav.groups'),
  '/approvals': t('nav.approvals'),
  '/work': t('work.title'),
  '/audit': t('nav.audit'),
  '/settings': t('nav.settings'),
  '/account': t('account.title'),
  '/help': t('help.title'),
} as const
export type PagePath = keyof typeof pageTitles
