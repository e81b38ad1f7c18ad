import type { WhyReport } from '../../contract/why.ts'
import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import type { Paint } from '../output.ts'
import { plain, shownTime, wrap } from '../render/text.ts'

/** Exit code when nobody was found, as that of `not-found`. */
const nobody = 2

export const whyCommand = command({
  name: 'why',
  summary: 'why somebody has an account, a value or a group, and why not',
  description: [
    'Without --fresh it tells at once what is remembered: account and link, each membership with since when, by which run, rule and connection, what was planned and done with reason, guard and outcome, and what waits for a person.',
    'With --fresh both sides are read and the planner tells the whole chain: the record at the source, whether it is in scope, whose account it is, what is mapped, which source group by which rule gives each group of the target (with the way through nested groups), what a run would change and why, and why nothing changes where somebody may have expected it. Nothing is changed either way.',
  ],
  arguments: {
    person: { help: 'key, e-mail address, login or name of the person, or of the account' },
    group: { help: 'only this group of the target, by name or id', optional: true },
  },
  options: {
    connection: { kind: 'text', value: 'NAME', help: 'ask this connection only' },
    fresh: { kind: 'flag', help: 'read both sides now and ask the planner, also why not; else what is remembered' },
    'what-if': {
      kind: 'text',
      value: 'FILE',
      help: 'suppose the rules of this configuration file, or its `people: { <key>: { active, attributes, groups } }`',
    },
    at: { kind: 'number', value: 'RUN', help: 'as it was after this run' },
  },
  examples: [
    'why ann@example.com',
    'why ann jira-software-users --fresh',
    'why ann jira-software-users --connection staff --json',
    'why ann --at 12',
    'why ann --what-if muster-new.yaml',
  ],
  async run({ args, options, output, session, environment }) {
    const client = await session.client()
    if (options.fresh) output.note(`Reading both sides for "${args.person}" ...`)
    const file = options['what-if']
    if (file !== undefined && options.at !== undefined) {
      throw fail.usage('--what-if supposes something about now, --at asks about a run of the past; give one of them.')
    }
    const asked = {
      person: args.person,
      ...(args.group === undefined ? {} : { group: args.group }),
      ...(options.connection === undefined ? {} : { connection: options.connection }),
    }
    const report =
      file === undefined
        ? await client.why.ask(
            {
              query: {
                ...asked,
                ...(options.fresh ? { fresh: 'true' as const } : {}),
                ...(options.at === undefined ? {} : { at: options.at }),
              },
            },
            session.call,
          )
        : await client.why.suppose(
            { body: { ...asked, yaml: await environment.files.readText(file), file: file.slice(-500) } },
            session.call,
          )
    output.show(report, whyLines(report, output.paint, output.stdout.columns))
    const isKnown = report.connections.some(({ people, remembered }) => people.length + remembered.length > 0)
    if (!options.fresh && options.at === undefined && file === undefined) {
      output.next('Ask the planner, also why not: add --fresh (reads both sides, changes nothing)')
    }
    return isKnown ? 0 : nobody
  },
})

function whyLines({ person, group, connections }: WhyReport, paint: Paint, columns: number): string[] {
  const width = Math.max(60, columns) - 2
  const lines: string[] = []
  for (const { connection, source, target, mode, facts, people, remembered, error } of connections) {
    if (lines.length > 0) lines.push('')
    lines.push(
      `${paint('bold', connection)}: ${source} -> ${target}${mode === undefined ? '' : ` (${mode})`}${factsText(facts)}`,
    )
    if (error !== undefined) {
      const why = `${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`
      lines.push(...wrap(plain(why), width - 2).map((line) => paint('red', `  ${line}`)))
    } else if (people.length + remembered.length === 0) lines.push(`  Nobody here is called "${plain(person)}".`)
    for (const each of remembered) {
      if (remembered.length > 1) lines.push(`  ${paint('bold', plain(each.label))}`)
      lines.push(...each.steps.flatMap(({ text }) => indented(text, width)))
    }
    if (people.length > 1) lines.push(paint('yellow', `  ${people.length} people are called "${plain(person)}".`))
    for (const each of people) {
      if (people.length > 1) lines.push(`  ${paint('bold', plain(each.label))}`)
      const texts = each.steps.map(({ text }) => text)
      if (group !== undefined && each.memberships.length === 0) {
        texts.push(`No group of the target is called "${group}", and no rule makes one.`)
      }
      if (each.difference !== undefined) texts.push(...differenceTexts(each.difference))
      else if (each.changes.length === 0 && each.workItems.length === 0) texts.push('Nothing would change now.')
      lines.push(...texts.flatMap((text) => indented(text, width)))
    }
  }
  return lines.length === 0 ? ['There is no connection yet. To make one: muster connections put --help'] : lines
}

function indented(text: string, width: number): string[] {
  return wrap(plain(text), width - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`)
}

function factsText(facts: WhyReport['connections'][number]['facts']): string {
  if (facts === undefined) return ''
  return facts.run === undefined
    ? `, as read ${shownTime(facts.sourceAt)}`
    : `, as run ${facts.run} read it ${shownTime(facts.sourceAt)}`
}

function differenceTexts({ more, fewer }: { readonly more: readonly string[]; readonly fewer: readonly string[] }) {
  if (more.length + fewer.length === 0) return ['Supposed: nothing would change that does not change now.']
  return [
    ...more.map((text) => `Supposed, and not now: ${text}`),
    ...fewer.map((text) => `Planned now, and no longer then: ${text}`),
  ]
}
