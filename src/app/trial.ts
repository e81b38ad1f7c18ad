import type { Handlers } from '../contract/routes.ts'
import type { SourceTrialView } from '../contract/sources.ts'
import { asProvisioningError } from '../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../domain/identity.ts'
import type { SourceTrial } from '../domain/source-record.ts'
import type { Page } from '../ports/readable.ts'
import type { Source } from '../ports/source.ts'
import { checkEnd } from './configuration-check.ts'
import type { Document } from './documents.ts'
import { takeSecrets } from './ends.ts'
import { attributeValues, closing, mappedBy } from './find.ts'
import type { Draft } from './installation.ts'
import { refuseFindings } from './objects.ts'
import { secretFields } from './secret-reference.ts'
import type { UseCase } from './use-case.ts'

/** A try looks at first pages, for a person who is waiting; one that takes longer is ended. */
const longestMs = 120_000
const shownPeople = 5
/** So many groups are asked for their members until one has any. */
const groupsAsked = 5
const mostMembers = 50

/** "Try it": what settings make of a source before anything is saved. */
export function trialUseCases(useCase: UseCase): Pick<Handlers['sources'], 'tryOut'> {
  return {
    async tryOut({ principal, signal: asked }, { params: { key }, body: { document } }) {
      const { draft, values } = document === undefined ? await saved(useCase, key) : drafted(useCase, key, document)
      const { open } = await useCase.source(draft, values)
      const signal = AbortSignal.any([asked, AbortSignal.timeout(longestMs)])
      const asks = document === undefined ? {} : { asks: hostsIn(draft.document) }
      await useCase.audit(principal, 'source.try', `source:${key}`, { saved: document === undefined, ...asks })
      return closing(open(), async (source) => {
        const trial = (await source.tryOut?.(signal)) ?? (await look(source, signal))
        return trialView(key, trial, source)
      })
    },
  }
}

async function saved(useCase: UseCase, key: string) {
  return { draft: await useCase.object('source', key), values: undefined }
}

/** Where a try that is saved nowhere goes, perhaps with secrets that are kept: of addresses the host alone. */
function hostsIn(document: Document): readonly string[] {
  const texts = Object.values(document)
    .flat()
    .filter((value) => typeof value === 'string')
  return [...new Set(texts.flatMap((text) => URL.parse(text)?.host || []))].slice(0, 10)
}

/** Settings that were handed over, with their secrets in memory only. Throws `config-invalid`. */
function drafted({ catalog }: UseCase, key: string, given: Document) {
  const kind = catalog.sources.find(({ type }) => type === given.type)
  const { document, values } = takeSecrets(given, kind === undefined ? [] : secretFields(kind.config))
  refuseFindings('source', key, checkEnd(catalog, 'source', document, ['sources', key]).findings, 'tried')
  const draft: Draft = { kind: 'source', key, document, owner: 'store' }
  return { draft, values }
}

/** The first pages of a read, for sources that have no look of their own. Throws where people cannot be read. */
async function look(source: Source, signal: AbortSignal): Promise<SourceTrial> {
  const people = await firstOf(source.users(signal))
  const notes = [`The first page has ${people.length} people.`]
  try {
    const group = await groupOf(source, people, signal)
    return { people: people.slice(0, shownPeople), ...(group === undefined ? {} : { group }), notes, problems: [] }
  } catch (thrown) {
    const { code, message, hint } = asProvisioningError(thrown)
    if (code === 'bug' || signal.aborted) throw thrown
    const problem = { where: 'groups', message, ...(hint === undefined ? {} : { hint }) }
    return { people: people.slice(0, shownPeople), notes, problems: [problem] }
  }
}

/** The first group that has members on its first page, or the first of all. */
async function groupOf(
  source: Source,
  people: readonly SourceUser[],
  signal: AbortSignal,
): Promise<SourceTrial['group']> {
  const groups = (await firstOf(source.groups(signal))).slice(0, groupsAsked)
  let first: SourceTrial['group']
  for (const group of groups) {
    const members = (await membersOf(source, group, people, signal)).slice(0, mostMembers)
    const told = { key: group.key, name: group.name, members }
    if (members.length > 0) return told
    first ??= told
  }
  return first
}

/** Members as far as the first pages tell them. */
async function membersOf(
  source: Source,
  group: SourceGroup,
  people: readonly SourceUser[],
  signal: AbortSignal,
): Promise<readonly MemberRef[]> {
  if (source.membershipsComeWith === 'calls') return firstOf(source.members(group, signal))
  if (source.membershipsComeWith === 'groups') return group.members ?? []
  const own = people.filter(({ memberOf = [] }) => memberOf.includes(group.key))
  return own.map(({ key }) => ({ kind: 'user', key }))
}

/** The first page that has anything; the rest is never asked for. */
async function firstOf<Item>(pages: AsyncIterable<Page<Item>>): Promise<readonly Item[]> {
  for await (const { items } of pages) if (items.length > 0) return items
  return []
}

function trialView(key: string, { people, group, notes, problems, answer }: SourceTrial, source: Source) {
  const view: SourceTrialView = {
    source: key,
    people: people.map((user) => ({
      key: user.key,
      active: user.active,
      attributes: attributeValues(user.attributes),
      mapped: mappedBy(source, user),
    })),
    notes: [...notes],
    problems: problems.map((problem) => ({ ...problem })),
  }
  if (answer !== undefined) view.answer = { ...answer }
  if (group !== undefined)
    view.group = { ...group, members: group.members.map(({ kind, key: of }) => ({ kind, key: of })) }
  return view
}
