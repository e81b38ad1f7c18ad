import type { ListedAccountView } from '../contract/account-lists.ts'
import type { Handlers } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import { possibleDecisions } from '../domain/exception.ts'
import { isoTime } from '../platform/clock.ts'
import type { AccountList, ListedAccount } from '../ports/account-lists.ts'
import { decideAbout, decisionViews, directoryOf, isDecided } from './exceptions.ts'
import { keyOfPerson } from './one-person.ts'
import type { UseCase } from './use-case.ts'
import { timeOrNone } from './views.ts'

/** Accounts that nobody's record stands behind, and whose account is whose. */
export function accountListUseCases(useCase: UseCase): Handlers['accountLists'] {
  const { store } = useCase

  const place = async (connection: string) => {
    const [directoryKey, all, { document }] = await Promise.all([
      directoryOf(useCase, connection),
      useCase.objects('connection'),
      useCase.object('connection', connection),
    ])
    const sources: string[] = []
    for (const { document: each } of all) {
      if ((await store.directories.boundKey(String(each.target))) === directoryKey) sources.push(String(each.source))
    }
    return { connection, source: String(document.source), directoryKey, sources: [...new Set(sources)] }
  }

  return {
    async list(_caller, { params: { key, list }, query: { state, text, decided, cursor, limit } }) {
      const filter = { states: state, text, decided: isDecided(decided) }
      const { items, next } = await store.accountLists.list(list, await place(key), filter, { cursor, limit })
      return { items: items.map((each) => listedView(list, each)), next }
    },

    async decide({ principal }, { params: { key, list }, body: { decision, accounts, comment } }) {
      const accountIds = [...new Set(accounts)]
      const filter = { accountIds }
      const { items } = await store.accountLists.list(list, await place(key), filter, { limit: accountIds.length })
      const found = new Map(items.map((each) => [each.accountId, each]))
      const missing = accountIds.filter((id) => !found.has(id))
      if (missing.length > 0) {
        throw fail.notFound(`${missing.join(', ')}: not among the ${list} accounts of "${key}". Nothing was decided.`, {
          hint: `List them: muster accounts ${list} ${key}`,
        })
      }
      const things = accountIds.map((accountId) => ({
        about: { kind: `account-${list}`, accountId } as const,
        label: found.get(accountId)?.label || accountId,
      }))
      return await decideAbout(useCase, principal, key, things, decision, comment)
    },

    async link({ principal }, { params: { key }, body: { person, account, comment } }) {
      const directoryKey = await directoryOf(useCase, key)
      const { document } = await useCase.object('connection', key)
      const source = String(document.source)
      const personKey = await keyOfPerson(useCase, key, person)
      const { id, name } = await accountCalled(useCase, directoryKey, account)
      const links = await store.directories.links(directoryKey, source, { people: [personKey], accounts: [id] })
      const holder = links.find((link) => link.accountId === id)
      if (holder !== undefined) {
        const whose = holder.sourceKey === personKey ? 'theirs already' : `linked to ${holder.sourceKey} already`
        throw fail.conflict(`The account ${name} is ${whose}. Nothing was decided.`, {
          hint: `Look at them: muster person ${holder.sourceKey}`,
        })
      }
      const { items: ordered } = await store.exceptions.list(key, { kinds: ['person-linked'] }, { limit: 1000 })
      const rival = ordered.find((each) => each.accountId === id && each.personKey !== personKey)
      if (rival !== undefined) {
        throw fail.conflict(
          `The account ${name} is to become that of ${rival.personKey} already. Nothing was decided.`,
          {
            hint: `Take that back first: muster drift revoke ${key} ${rival.id}`,
          },
        )
      }
      const before = links.find((link) => link.sourceKey === personKey)?.accountId
      const about = { kind: 'person-linked', accountId: id, personKey } as const
      await decideAbout(useCase, principal, key, [{ about, label: `${personKey} is ${name}` }], 'link', comment)
      return {
        person: personKey,
        account: id,
        ...(before === undefined ? {} : { before }),
        sentence: possibleDecisions['person-linked'].link,
      }
    },
  }
}

/** The one account of a directory that is called like that: by id, else by address or login. */
async function accountCalled(
  { store }: UseCase,
  directoryKey: string,
  text: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const found = (await store.report.accountsNamed(text)).filter((each) => each.directoryKey === directoryKey)
  const meant = found.filter(({ id }) => id === text)
  const [only] = meant.length > 0 ? meant : found
  if (only !== undefined && (meant.length > 0 || found.length === 1)) return { id: only.id, name: only.name || only.id }
  if (only === undefined) {
    throw fail.notFound(`No account called "${text}" was ever seen in the target.`, {
      hint: 'Name it by its id, or plan once so that the target is read.',
    })
  }
  throw fail.conflict(`${found.length} accounts are called "${text}": ${found.map(({ id }) => id).join(', ')}.`, {
    hint: 'Say which one by its id.',
  })
}

function listedView(list: AccountList, { stateSince, goneSince, decided, ...rest }: ListedAccount): ListedAccountView {
  return {
    ...rest,
    stateSince: isoTime(stateSince),
    goneSince: timeOrNone(goneSince),
    ...decisionViews(`account-${list}`, decided),
  }
}
