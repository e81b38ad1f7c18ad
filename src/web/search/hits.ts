import type { ConnectionView } from '../../contract/connections.ts'
import type { SearchAnswer } from '../../contract/system.ts'
import { matches, titleOf, topics } from '../help/topics.ts'
import { settingsTabs, tabTitle } from '../settings/search.ts'
import { type PagePath, pageTitles } from '../shell/pages.ts'
import { t } from '../words/t.ts'

/** One thing to go to: an address of our own, as the router writes it. */
export interface Hit {
  readonly label: string
  readonly note?: string
  readonly href: string
}

export interface HitGroup {
  readonly title: string
  readonly hits: readonly Hit[]
}

export interface Known {
  readonly connections: readonly Pick<ConnectionView, 'key' | 'displayName' | 'source' | 'target'>[]
  readonly sources: readonly { readonly key: string; readonly displayName?: string | undefined }[]
  readonly targets: readonly { readonly key: string; readonly displayName?: string | undefined }[]
  /** What the server found for the text. */
  readonly names: SearchAnswer['items']
}

const mostOfAKind = 6

/** What a text may mean, in groups, the most particular first. Without a text: the pages. */
export function hitsFor(text: string, known: Known): readonly HitGroup[] {
  const asked = text.trim()
  if (asked === '') return groups([[t('search.group.pages'), pagesFor('')]])
  return groups([
    [t('search.group.runs'), [...runsFor(asked), ...connectionsFor(asked, known)]],
    [t('search.group.people'), peopleFor(known)],
    [t('search.group.groups'), groupsFor(known)],
    [t('search.group.ends'), endsFor(asked, known)],
    [t('search.group.pages'), [...pagesFor(asked), ...settingsFor(asked)]],
    [t('search.group.help'), helpFor(asked)],
  ])
}

function groups(all: readonly (readonly [string, readonly Hit[]])[]): readonly HitGroup[] {
  return all.filter(([, hits]) => hits.length > 0).map(([title, hits]) => ({ title, hits }))
}

function runsFor(asked: string): readonly Hit[] {
  const number = /^(?:run\s+)?#?(\d{1,9})$/i.exec(asked)?.[1]
  return number === undefined ? [] : [{ label: `${t('run.number')} ${number}`, href: `/runs/${number}` }]
}

function connectionsFor(asked: string, { connections }: Known): readonly Hit[] {
  return connections
    .filter(({ key, displayName = '' }) => matches([key, displayName], asked))
    .slice(0, mostOfAKind)
    .map(({ key, displayName, source, target }) => ({
      label: displayName ?? key,
      note: `${source} → ${target}`,
      href: `/connections/${encodeURIComponent(key)}`,
    }))
}

function endsFor(asked: string, { sources, targets }: Known): readonly Hit[] {
  const of = (noun: 'sources' | 'targets', ends: Known['sources']) =>
    ends
      .filter(({ key, displayName = '' }) => matches([key, displayName], asked))
      .slice(0, mostOfAKind)
      .map(({ key, displayName }) => ({
        label: displayName ?? key,
        note: t(`nav.${noun}`),
        href: `/${noun}/${encodeURIComponent(key)}`,
      }))
  return [...of('sources', sources), ...of('targets', targets)]
}

function peopleFor({ names }: Known): readonly Hit[] {
  return names
    .filter(({ is }) => is !== 'group')
    .map(({ label, source, target }) => ({
      label,
      note: source ?? target ?? '',
      href: `/people/one?person=${encodeURIComponent(JSON.stringify(label))}`,
    }))
}

function groupsFor({ names }: Known): readonly Hit[] {
  return names.flatMap(({ is, label, id, target }) => {
    if (is !== 'group' || target === undefined) return []
    const search = Object.entries({ target, text: label, group: id }).map(
      ([name, value]) => `${name}=${encodeURIComponent(JSON.stringify(value))}`,
    )
    return [{ label, note: target, href: `/groups?${search.join('&')}` }]
  })
}

function pagesFor(asked: string): readonly Hit[] {
  return (Object.keys(pageTitles) as PagePath[])
    .filter((path) => matches([pageTitles[path]], asked))
    .map((path) => ({ label: pageTitles[path], href: path }))
}

function settingsFor(asked: string): readonly Hit[] {
  return settingsTabs
    .filter((tab) => matches([tabTitle(tab)], asked))
    .map((tab) => ({ label: tabTitle(tab), note: t('nav.settings'), href: `/settings?tab=${tab}` }))
}

function helpFor(asked: string): readonly Hit[] {
  return topics.flatMap((topic) => {
    const alias = topic.aliases.find((each) => matches([each], asked))
    if (alias === undefined && !matches([titleOf(topic)], asked)) return []
    return [
      {
        label: titleOf(topic),
        ...(alias === undefined ? {} : { note: alias }),
        href: `/help?topic=${topic.id}`,
      },
    ]
  })
}
