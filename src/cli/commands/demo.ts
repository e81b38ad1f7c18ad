import { type Client, createClient } from '../../contract/client.ts'
import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { type Told, tellStory } from '../demo/story.ts'
import type { DemoStarted } from '../environment.ts'
import type { Output } from '../output.ts'
import { effectSentence } from '../render/kinds.ts'
import { checkCompany } from './sandbox.ts'

export const demoCommand = command({
  name: 'demo',
  summary: 'see the whole way once, on a made-up company and site; nothing else is needed',
  description: [
    'Checks both sides, plans, applies, lets both sides drift and plans again. Then the server stays for you to try things, until Ctrl-C; its data goes away at the end unless --data-dir names a folder.',
  ],
  options: {
    once: { kind: 'flag', help: 'end after the second plan' },
    port: { kind: 'number', value: 'N', help: 'port of the server; any free one if left out' },
    company: { kind: 'text', value: 'SIZE', help: 'small, or a number of people' },
  },
  examples: ['demo', 'demo --once', 'demo --company 500 --data-dir demo-data'],
  async run({ options, output, session, environment }) {
    checkCompany(options.company)
    const ending = new AbortController()
    let story: Promise<void> | undefined
    let told = false
    let failure: unknown
    await environment.starters.demo({
      dataDir: session.demoFolder(),
      port: options.port,
      company: options.company,
      signal: ending.signal,
      ready(started) {
        const tell = async () => {
          try {
            const plans = await tellStory(started, { output, environment })
            await (options.once ? endStory : stayAfter)(output, started, plans)
            told = true
            if (options.once) ending.abort()
          } catch (thrown) {
            failure = thrown
            ending.abort()
          }
        }
        story = tell()
      },
    })
    await story
    if (told) return 0
    if (environment.signal.aborted) throw fail.cancelled('The demo was stopped.')
    throw failure
  },
})

function facts(started: DemoStarted, { first, second }: Told) {
  const { url, sandboxUrl, dataDir, config, connection } = started
  return { url, sandboxUrl, dataDir, config, connection, plans: [first, second] }
}

async function endStory(output: Output, started: DemoStarted, told: Told): Promise<void> {
  output.show(facts(started, told), [
    '',
    output.paint('bold', 'That was the whole way: two sides read, a plan with reasons, an approval, writes, verified.'),
    `First plan: ${effectSentence(told.first.tally)}`,
    `Second plan, not applied: ${effectSentence(told.second.tally)}`,
    'To try it yourself on the same company: muster demo. On your own: muster sources kinds, muster targets kinds.',
  ])
}

async function stayAfter(output: Output, started: DemoStarted, told: Told): Promise<void> {
  const { fetch, baseUrl } = started.api
  const client: Client = createClient({ fetch, baseUrl })
  const token = await makeToken(client)
  const { number } = told.second.run
  output.show({ ...facts(started, told), signInUrl: started.signInUrl, token }, [
    '',
    output.paint('bold', '6. Your turn. Muster stays until you press Ctrl-C.'),
    `  Console    ${started.signInUrl} (signs you in, once)`,
    `  API        ${started.url}/api/v1/runs (described in ${started.url}/openapi.json)`,
    `  Sandbox    ${started.sandboxUrl}`,
    `  Directory  ${started.directory.url}, bind DN ${started.directory.bindDn}, password ${started.directory.password}`,
    '',
    'Let somebody leave, and plan again:',
    `  curl -d '${JSON.stringify({ action: 'disable-person', login: nextLeaver(started) })}' ${started.sandboxUrl}/__sandbox/ldap/edit`,
    '',
    'In another terminal, first this (the token is shown only here):',
    `  export MUSTER_URL=${started.url} MUSTER_TOKEN=${token}`,
    'and then:',
    `  muster approve ${number}`,
    `  muster apply ${number}`,
    `  muster runs ${number}`,
    `  muster plan ${started.connection}`,
    '(From a clone, type `npm run -s muster --` in place of `muster`.)',
  ])
}

/** Somebody whom the story left alone. */
function nextLeaver({ company }: DemoStarted): string {
  return company.people.findLast(({ active }) => active)?.login ?? ''
}

async function makeToken(client: Client): Promise<string> {
  const { items } = await client.tokens.list()
  // A folder that is used again has the token of the last time, whose value nobody knows any more.
  for (const { id, name } of items) if (name === 'demo') await client.tokens.revoke({ params: { id } })
  const { value } = await client.tokens.create({ body: { name: 'demo', roles: ['admin', 'approver'] } })
  return value
}
