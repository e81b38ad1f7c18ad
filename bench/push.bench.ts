import { makeCompany } from '../src/sandbox/company/company.ts'
import { Installation } from '../test/support/installation.ts'
import { type SandboxProcess, sandboxProcess } from '../test/support/sandbox.ts'
import type { Bench, BenchOptions } from './row.ts'
import { addressOf } from './serving.ts'

const wide = '{ floor: 1000000, percent: 100, cap: 1000000 }'
const limits = ['deactivations', 'membershipRemovals', 'groupRemovals', 'groupsEmptied', 'creates', 'identityChanges']
  .map((name) => `      ${name}: ${wide}\n`)
  .concat('      sourceUsers: { floor: 1000000, percent: 100 }\n')
  .join('')
const pushedConnection = `
    guards:
${limits}  live:
    source: idp
    target: acme
    mode: automatic
    groups: { byName: {} }
    users: { onDisabled: [{ after: 0d, action: deactivate }], onLeft: [{ after: 0d, action: deactivate }] }
    guards:
${limits}`

interface Logged {
  readonly at: number
  readonly operation?: string
  readonly path: string
  readonly status: number
}

/**
 * What is pushed while a first import is applied (design 9): the time from the answer to the identity provider until the
 * twin, far away and with a rate limit, has switched the account off.
 */
const bench: Bench = {
  name: 'push',
  async run(options) {
    const { quick, say } = options
    const [people, pushed, perSecond, seconds] = quick ? [1_000, 60, 5, 40] : [20_000, 600, 25, 300]
    const company = makeCompany(people, { seed: 1 })
    await using sandbox = await sandboxProcess({ company: people, seed: 1 })
    using installation = new Installation(sandbox, { connection: pushedConnection })
    const yaml = installation.configuration(pushedConnection)
    installation.writeConfiguration(yaml.replace('targets:', '  idp: { type: scim-push }\ntargets:'))
    await installation.writeCompany(company.directory)
    const server = installation.start(['serve', '--port', '0'], { timeoutMs: 3_600_000 })
    try {
      const url = await addressOf(server.child.stdout)
      const provider = await providerOf(installation, url)
      say(`${pushed} people are pushed and settled`)
      const ids = await settled(installation, sandbox, provider, pushed)
      const planned = await installation.run(['plan', 'staff', '--json'], { timeoutMs: 600_000 })
      const { plan } = JSON.parse(planned.stdout) as { plan: { id: string } }
      await installation.run(['approve', plan.id, '--all'], { timeoutMs: 600_000 })
      await sandbox.control('POST', '/latency', { ms: 150 })
      await sandbox.control('POST', '/limits', { operations: '*', perSecond: 50, burst: 50 })
      await sandbox.control('POST', '/reset-counters')
      const whole = await applying(installation, url, plan.id)
      const { latencies, missing, served } = await pushing(options, sandbox, provider, ids, { perSecond, seconds })
      const isApplying = await whole.isApplying()
      latencies.sort((a, b) => a - b)
      const at = (share: number) => `${((latencies[Math.floor(latencies.length * share)] ?? 0) / 1000).toFixed(2)} s`
      const work = `push to target: ${perSecond} pushes/s for ${seconds} s (one fifth switches people off or on, the others change a name) while a run for ${people} people ${isApplying ? 'is applied' : 'is applied, and ends before'}; twin 150 ms away, 50 requests/s`
      return [
        {
          work,
          measured: `${latencies.length} deactivations: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, slowest ${at(0.9999)}; ${missing} not seen; twin served ${(served / seconds).toFixed(0)} requests/s`,
          goal: 'p95 <= 1.5 s, p99 <= 5 s',
        },
      ]
    } finally {
      server.child.kill('SIGTERM')
      await server.finished
    }
  },
}

type Provider = Awaited<ReturnType<typeof providerOf>>

async function providerOf(installation: Installation, url: string) {
  const made = await installation.run(['token', 'create', '--source', 'idp', '--json'])
  const { value } = JSON.parse(made.stdout) as { value: string }
  return async (method: string, path: string, body: unknown) => {
    const response = await fetch(`${url}/scim/idp/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${value}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text) as { readonly id: string }
  }
}

/** Resource ids with the account ids they became on the site. */
async function settled(installation: Installation, sandbox: SandboxProcess, provider: Provider, count: number) {
  const ids: string[] = []
  for (let person = 0; person < count; person += 1) {
    const userName = `pushed-${person}@acme.example`
    ids.push((await provider('POST', '/Users', { userName, displayName: `Pushed ${person}` })).id)
  }
  const authorization = `Basic ${btoa(`${sandbox.credentials.email}:${sandbox.credentials.apiToken}`)}`
  const accountOf = async (person: number) => {
    const query = new URLSearchParams({ query: `pushed-${person}@acme.example` })
    const response = await fetch(`${sandbox.site}/rest/api/3/user/search?${query}`, { headers: { authorization } })
    return ((await response.json()) as { readonly accountId: string }[])[0]?.accountId
  }
  const found: { readonly id: string; readonly account: string }[] = []
  for (let tries = 0; found.length < count; tries += 1) {
    const account = await accountOf(found.length)
    if (account !== undefined) found.push({ id: ids[found.length]!, account })
    else if (tries > 600 + count) throw new Error('Not everybody who was pushed reached the site.')
    else await new Promise((resolve) => setTimeout(resolve, 500))
  }
  await installation.run(['sources', 'baseline', 'idp'])
  await new Promise((resolve) => setTimeout(resolve, 20_000))
  return found
}

async function applying(installation: Installation, url: string, planId: string) {
  const made = await installation.run(['token', 'create', 'bench', '--role', 'admin', '--role', 'approver', '--json'])
  const { value } = JSON.parse(made.stdout) as { value: string }
  const call = async (method: string, path: string) => {
    const response = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${value}` } })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { readonly id: string; readonly state: string }
  }
  const { id } = await call('POST', `/api/v1/plans/${planId}/apply`)
  return { isApplying: async () => (await call('GET', `/api/v1/runs/${id}`)).state === 'applying' }
}

async function pushing(
  { say }: BenchOptions,
  sandbox: SandboxProcess,
  provider: Provider,
  people: readonly { readonly id: string; readonly account: string }[],
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
) {
  const half = people.length / 2
  const sentAt = new Map<string, number>()
  const latencies: number[] = []
  let served = 0
  let lastSeen = 0
  const collect = async () => {
    const { requests } = await sandbox.control<{ requests: Logged[] }>('GET', '/requests?last=2000')
    for (const { at, path, status } of requests) {
      if (at <= lastSeen) continue
      served += 1
      const account = /\/users\/([^/]+)\/suspend/.exec(path)?.[1]
      const id = account === undefined ? '' : decodeURIComponent(account)
      const sent = sentAt.get(id)
      if (status >= 300 || sent === undefined) continue
      latencies.push(at - sent)
      sentAt.delete(id)
    }
    lastSeen = Math.max(lastSeen, ...requests.map(({ at }) => at))
  }
  let isOver = false
  const collecting = (async () => {
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      await collect()
    }
  })()
  const began = Date.now()
  const pushes: Promise<unknown>[] = []
  for (let push = 0; push < perSecond * seconds; push += 1) {
    const wait = began + (push * 1000) / perSecond - Date.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const round = Math.floor(push / 5)
    const isSwitch = push % 5 === 0
    // The first half is switched off and on in turn, the second changes names.
    const person = isSwitch ? people[round % half]! : people[half + (push % half)]!
    const active = Math.floor(round / half) % 2 === 1
    const value = isSwitch ? { active } : { displayName: `Renamed ${push}` }
    pushes.push(
      provider('PATCH', `/Users/${person.id}`, { Operations: [{ op: 'replace', value }] }).then(() => {
        if (isSwitch && !active) sentAt.set(person.account, Date.now())
      }),
    )
    if (push % (perSecond * 30) === 0) say(`${push} pushes sent, ${latencies.length} deactivations seen`)
  }
  await Promise.all(pushes)
  await new Promise((resolve) => setTimeout(resolve, 30_000))
  isOver = true
  await collecting
  await collect()
  return { latencies, missing: sentAt.size, served }
}

export default bench
