import { sql } from 'kysely'
import type { Lesson } from '../../domain/memory.ts'
import type { Executor } from '../database.ts'
import { batches, ints, texts, time } from '../rows.ts'
import { learnValues } from './attribute-values.ts'
import { learnCustomValues } from './custom-values.ts'
import { changeStates, closeMemberships, type Moment, openMemberships } from './intervals.ts'
import type { PlanPlace } from './plan-rows.ts'
import { learnAccess } from './product-access.ts'
import {
  accountRegister,
  type Entry,
  enter,
  groupRegister,
  numberOf,
  recordRegister,
  sourceGroupRegister,
  words,
} from './registers.ts'
import { learnTaken } from './taken-memberships.ts'

type LessonOf<Name extends Lesson['lesson']> = Extract<Lesson, { readonly lesson: Name }>

interface Classroom {
  readonly executor: Executor
  readonly place: PlanPlace
  readonly moment: Moment
  readonly accounts: ReadonlyMap<string, Entry>
  readonly groups: ReadonlyMap<string, Entry>
}

/** Writes what finished changes taught: links, ledger and history. Of several lessons on one thing the last one stands. */
export async function learn(
  executor: Executor,
  place: PlanPlace,
  moment: Moment,
  lessons: readonly Lesson[],
): Promise<void> {
  const accounts = await enter(executor, accountRegister, place.directory, accountLabels(lessons), { rename: true })
  const groups = await enter(executor, groupRegister, place.directory, groupLabels(lessons), { rename: true })
  const room = { executor, place, moment, accounts, groups }
  const of = <Name extends Lesson['lesson']>(...names: readonly Name[]) =>
    lessons.filter((lesson): lesson is LessonOf<Name> => (names as readonly string[]).includes(lesson.lesson))
  await learnVouchers(room, of('vouch', 'unvouch'))
  await forgetLinks(room, of('unlink'))
  await learnLinks(room, of('link'))
  await learnGroupLinks(room, of('group-link'))
  await learnGrants(room, of('grant', 'ungrant', 'regrant'))
  await learnMembers(room, of('member'))
  await rememberTaken(room, of('taken'))
  await learnStates(room, of('account'))
  await learnDeactivations(room, of('deactivated', 'reactivated'))
  await endOrders(room, of('deactivated', 'reactivated', 'member'))
  await learnAccess(room, of('access', 'no-access'))
  await learnCustomValues(room, of('custom'))
  await learnValues(room, of('value'))
}

function accountLabels(lessons: readonly Lesson[]): Map<string, string> {
  const labels = new Map<string, string>()
  for (const lesson of lessons) {
    if (!('accountId' in lesson)) continue
    const label = lesson.lesson === 'account' ? lesson.label : ''
    if (label !== '' || !labels.has(lesson.accountId)) labels.set(lesson.accountId, label)
  }
  return labels
}

function groupLabels(lessons: readonly Lesson[]): Map<string, string> {
  const labels = new Map<string, string>()
  for (const lesson of lessons) {
    if (!('groupId' in lesson)) continue
    const label = lesson.lesson === 'group' ? lesson.name : ''
    if (label !== '' || !labels.has(lesson.groupId)) labels.set(lesson.groupId, label)
  }
  return labels
}

/** The last lesson for each name. */
function lastBy<Item>(items: readonly Item[], name: (item: Item) => string | number): Item[] {
  return [...new Map(items.map((item) => [name(item), item])).values()]
}

async function learnLinks(room: Classroom, lessons: readonly LessonOf<'link'>[]): Promise<void> {
  for (const [source, ofSource] of Map.groupBy(lessons, ({ source }) => source)) {
    const unique = lastBy(
      lastBy(ofSource, ({ sourceKey }) => sourceKey),
      ({ accountId }) => accountId,
    )
    const labels = new Map(unique.map(({ sourceKey }) => [sourceKey, '']))
    const records = await enter(room.executor, recordRegister, source, labels, { rename: true })
    for (const part of batches(unique)) await writeLinks(room, source, records, part)
  }
}

/** Within one source an account has one link: a new one takes the account from whoever had it (D2). */
async function writeLinks(
  { executor, place, moment, accounts }: Classroom,
  source: string,
  records: ReadonlyMap<string, Entry>,
  links: readonly LessonOf<'link'>[],
): Promise<void> {
  const given = sql`unnest(${ints(links.map(({ sourceKey }) => numberOf(records, sourceKey)))},
    ${ints(links.map(({ accountId }) => numberOf(accounts, accountId)))}, ${texts(links.map(({ how }) => how))})
    as given(record, account, how)`
  await sql`delete from link l using ${given}
    where l.source = ${source} and l.account = given.account and l.record <> given.record`.execute(executor)
  await sql`insert into link as known (directory, record, account, source, how, since)
    select ${place.directory}, record, account, ${source}, how, ${time(moment.at)} from ${given}
    on conflict (directory, record) do update set account = excluded.account, how = excluded.how, since = excluded.since
    where known.account <> excluded.account`.execute(executor)
  // Nobody vouches any more for the account that was theirs before.
  await sql`update account_grant v set to_run = ${moment.run}, until = greatest(${time(moment.at)}, v.since) from ${given}
    where v.record = given.record and v.account <> given.account and v.until is null
      and exists (select 1 from directory_account a where a.no = v.account and a.directory = ${place.directory})`.execute(
    executor,
  )
}

async function forgetLinks({ executor, place }: Classroom, lessons: readonly LessonOf<'unlink'>[]): Promise<void> {
  for (const [source, ofSource] of Map.groupBy(lessons, ({ source }) => source)) {
    for (const part of batches(ofSource)) {
      await sql`delete from link l
        using unnest(${texts(part.map(({ sourceKey }) => sourceKey))}, ${texts(part.map(({ accountId }) => accountId))})
          as given(key, account_id), source_record r, directory_account a
        where l.directory = ${place.directory} and l.source = ${source} and l.record = r.no and l.account = a.no
          and r.source = ${source} and r.key = given.key and a.account_id = given.account_id
          -- Another connection of this source goes on with the same link.
          and not exists (select from account_grant v where v.account = l.account and v.record = l.record
            and v.until is null)`.execute(executor)
    }
  }
}

/** Who wants an account to be there and active (D4). */
async function learnVouchers(
  room: Classroom,
  lessons: readonly (LessonOf<'vouch'> | LessonOf<'unvouch'>)[],
): Promise<void> {
  if (lessons.length === 0) return
  const { executor, place, moment, accounts } = room
  const last = lastBy(lessons, ({ accountId }) => accountId)
  const connection = numberOf(await words(executor, [place.connection]), place.connection)
  for (const part of batches(last.filter(({ lesson }) => lesson === 'unvouch'))) {
    await sql`update account_grant v set to_run = ${moment.run}, until = greatest(${time(moment.at)}, v.since)
      where v.account = any(${ints(part.map(({ accountId }) => numberOf(accounts, accountId)))})
        and v.connection = ${connection} and v.until is null`.execute(executor)
  }
  const vouching = last.filter((lesson) => lesson.lesson === 'vouch')
  for (const [source, ofSource] of Map.groupBy(vouching, ({ source }) => source)) {
    const labels = new Map(ofSource.map(({ sourceKey }) => [sourceKey, '']))
    const records = await enter(executor, recordRegister, source, labels, { rename: true })
    for (const part of batches(ofSource)) {
      await sql`insert into account_grant as known (account, connection, record, from_run, since)
        select account, ${connection}::int, record, ${moment.run}::int, ${time(moment.at)}
        from unnest(${ints(part.map(({ accountId }) => numberOf(accounts, accountId)))},
          ${ints(part.map(({ sourceKey }) => numberOf(records, sourceKey)))}) as given(account, record)
        on conflict (account, connection) where until is null do update set record = excluded.record
        where known.record <> excluded.record`.execute(executor)
    }
  }
}

async function learnGroupLinks(room: Classroom, lessons: readonly LessonOf<'group-link'>[]): Promise<void> {
  for (const [source, ofSource] of Map.groupBy(lessons, ({ source }) => source)) {
    const unique = lastBy(ofSource, ({ groupKey, rule }) => JSON.stringify([groupKey, rule]))
    const labels = new Map(unique.map(({ groupKey }) => [groupKey, '']))
    const known = await enter(room.executor, sourceGroupRegister, source, labels, { rename: true })
    for (const part of batches(unique)) {
      await sql`insert into group_link as known (directory, source_group, rule, grp, since, source_name, name)
        select ${room.place.directory}, source_group, rule, grp, ${time(room.moment.at)}, source_name, name
        from unnest(${ints(part.map(({ groupKey }) => numberOf(known, groupKey)))}, ${texts(part.map(({ rule }) => rule))},
          ${ints(part.map(({ groupId }) => numberOf(room.groups, groupId)))},
          ${texts(part.map(({ sourceName }) => sourceName))}, ${texts(part.map(({ name }) => name))})
          as given(source_group, rule, grp, source_name, name)
        on conflict (directory, source_group, rule) do update set grp = excluded.grp, since = excluded.since,
          source_name = excluded.source_name, name = excluded.name
        where known.grp <> excluded.grp`.execute(room.executor)
    }
  }
}

function pairOf({ groups, accounts }: Classroom, lesson: { readonly groupId: string; readonly accountId: string }) {
  return { grp: numberOf(groups, lesson.groupId), account: numberOf(accounts, lesson.accountId) }
}

function pairName({ groupId, accountId }: { readonly groupId: string; readonly accountId: string }): string {
  return JSON.stringify([groupId, accountId])
}

/** The ledger (D3): a grant of this connection begins, ends or goes on. */
async function learnGrants(
  room: Classroom,
  lessons: readonly (LessonOf<'grant'> | LessonOf<'ungrant'> | LessonOf<'regrant'>)[],
): Promise<void> {
  if (lessons.length === 0) return
  const last = lastBy(lessons, pairName)
  const grants = last.filter((lesson) => lesson.lesson === 'grant')
  const ungrants = last.filter((lesson) => lesson.lesson === 'ungrant')
  const regrants = last.filter((lesson) => lesson.lesson === 'regrant')
  const numbers = await words(room.executor, [room.place.connection, ...grants.map(({ rule }) => rule)])
  const connection = numberOf(numbers, room.place.connection)
  for (const part of batches(ungrants)) await endGrants(room, connection, part)
  for (const part of batches(grants)) await beginGrants(room, connection, numbers, part)
  for (const part of batches(regrants)) await goOnWithGrants(room, connection, part)
}

async function beginGrants(
  room: Classroom,
  connection: number,
  numbers: ReadonlyMap<string, number>,
  grants: readonly LessonOf<'grant'>[],
): Promise<void> {
  const pairs = grants.map((grant) => pairOf(room, grant))
  const adopted = grants.map(({ how }) => (how === 'adopted' ? 1 : 0))
  await sql`insert into membership_grant as known (grp, account, connection, rule, from_run, since, adopted)
    select grp, account, ${connection}::int, rule, ${room.moment.run}::int, ${time(room.moment.at)}, adopted = 1
    from unnest(${ints(pairs.map(({ grp }) => grp))}, ${ints(pairs.map(({ account }) => account))},
      ${ints(grants.map(({ rule }) => numberOf(numbers, rule)))}, ${ints(adopted)}) as given(grp, account, rule, adopted)
    on conflict (grp, account, connection) where until is null do update set rule = excluded.rule
    where known.rule <> excluded.rule`.execute(room.executor)
}

async function endGrants(room: Classroom, connection: number, ungrants: readonly LessonOf<'ungrant'>[]): Promise<void> {
  const pairs = ungrants.map((ungrant) => pairOf(room, ungrant))
  await sql`update membership_grant m set to_run = ${room.moment.run}, until = greatest(${time(room.moment.at)}, m.since)
    from unnest(${ints(pairs.map(({ grp }) => grp))}, ${ints(pairs.map(({ account }) => account))}) as given(grp, account)
    where m.grp = given.grp and m.account = given.account and m.connection = ${connection} and m.until is null`.execute(
    room.executor,
  )
}

/** Begins anew what this run ended, and leaves alone what somebody granted since. */
async function goOnWithGrants(
  room: Classroom,
  connection: number,
  regrants: readonly LessonOf<'regrant'>[],
): Promise<void> {
  const pairs = regrants.map((regrant) => pairOf(room, regrant))
  await sql`insert into membership_grant (grp, account, connection, rule, from_run, since, adopted)
    select m.grp, m.account, m.connection, m.rule, ${room.moment.run}::int, ${time(room.moment.at)}, m.adopted
    from unnest(${ints(pairs.map(({ grp }) => grp))}, ${ints(pairs.map(({ account }) => account))}) as given(grp, account)
    join membership_grant m on m.grp = given.grp and m.account = given.account and m.connection = ${connection}
      and m.until is not null and m.to_run = ${room.moment.run}
    on conflict (grp, account, connection) where until is null do nothing`.execute(room.executor)
}

async function learnMembers(room: Classroom, lessons: readonly LessonOf<'member'>[]): Promise<void> {
  const last = lastBy(lessons, pairName)
  const pairsWhere = (present: boolean) =>
    last.filter((lesson) => lesson.present === present).map((lesson) => pairOf(room, lesson))
  await closeMemberships(room.executor, pairsWhere(false), room.moment)
  await openMemberships(room.executor, pairsWhere(true), room.moment)
}

async function rememberTaken(room: Classroom, lessons: readonly LessonOf<'taken'>[]): Promise<void> {
  if (lessons.length === 0) return
  const connection = numberOf(await words(room.executor, [room.place.connection]), room.place.connection)
  const pairs = lastBy(lessons, pairName).map((lesson) => pairOf(room, lesson))
  await learnTaken(room.executor, connection, pairs, room.moment)
}

async function learnStates(room: Classroom, lessons: readonly LessonOf<'account'>[]): Promise<void> {
  const states = lastBy(lessons, ({ accountId }) => accountId).map(({ accountId, state }) => ({
    account: numberOf(room.accounts, accountId),
    state,
  }))
  await changeStates(room.executor, states, room.moment)
}

/** Only what we deactivated may we reactivate (D8). */
async function learnDeactivations(
  { executor, place, moment, accounts }: Classroom,
  lessons: readonly (LessonOf<'deactivated'> | LessonOf<'reactivated'>)[],
): Promise<void> {
  if (lessons.length === 0) return
  const last = lastBy(lessons, ({ accountId }) => accountId)
  const numbersOf = (some: readonly { readonly accountId: string }[]) =>
    ints(some.map(({ accountId }) => numberOf(accounts, accountId)))
  const begun = last.filter((each) => each.lesson === 'deactivated')
  const connection = numberOf(await words(executor, [place.connection]), place.connection)
  const ended = last.filter((each) => each.lesson === 'reactivated')
  const given = sql`unnest(${numbersOf(ended)}, ${texts(ended.map(({ how }) => how))}) as given(account, how)`
  await sql`update deactivation d set until = greatest(${time(moment.at)}, d.since)
    from ${given} where d.account = given.account and d.until is null and d.how = given.how`.execute(executor)
  // Switched on as a whole again, an account that we had suspended before is still suspended, and the other way round.
  await sql`update deactivation d set how = case given.how when 'disabled' then 'suspended' else 'disabled' end
    from ${given} where d.account = given.account and d.until is null and d.how = 'both'`.execute(executor)
  // A person allowed it once, and that is spent whatever happens to the account next.
  await sql`update decision set ended_at = ${time(moment.at)}, ended_by = 'muster'
    where directory = ${place.directory} and decision = 'reactivate' and ended_at is null
      and object = any(${texts(ended.map(({ accountId }) => accountId))})`.execute(executor)
  await sql`insert into deactivation (account, connection, how, since)
    select account, ${connection}::int, how, ${time(moment.at)}
    from unnest(${numbersOf(begun)}, ${texts(begun.map(({ how }) => how))}) as given(account, how)
    on conflict (account) where until is null do update set how = 'both' where deactivation.how <> excluded.how`.execute(
    executor,
  )
}

/** What a person ordered beside the rules is done the moment it has happened, whatever happens to it next. */
async function endOrders(
  room: Classroom,
  lessons: readonly (LessonOf<'deactivated'> | LessonOf<'reactivated'> | LessonOf<'member'>)[],
): Promise<void> {
  const { executor, place, moment, accounts } = room
  const end = sql`update exception e set ended_at = ${time(moment.at)}, ended_by = 'muster'`
  const stands = sql`e.directory = ${place.directory} and e.ended_at is null`
  const numbersOf = (lesson: 'deactivated' | 'reactivated') =>
    ints(lessons.flatMap((each) => (each.lesson === lesson ? [numberOf(accounts, each.accountId)] : [])))
  if (lessons.some(({ lesson }) => lesson !== 'member')) {
    await sql`${end} where ${stands} and (
      (e.kind = 'account-suspended' and e.decision = 'revert' and e.account = any(${numbersOf('reactivated')}))
      or (e.decision = 'deactivate' and e.account = any(${numbersOf('deactivated')})))`.execute(executor)
  }
  const taken = lessons.flatMap((each) => (each.lesson === 'member' && !each.present ? [pairOf(room, each)] : []))
  for (const part of batches(taken)) {
    await sql`${end} from unnest(${ints(part.map(({ grp }) => grp))}, ${ints(part.map(({ account }) => account))})
      as given(grp, account) where ${stands} and e.kind = 'membership-foreign' and e.decision = 'revert'
        and e.account = given.account and e.grp = given.grp`.execute(executor)
  }
}
