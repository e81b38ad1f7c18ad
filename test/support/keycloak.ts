import type { ChildProcess } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Den, freePorts } from './daemon.ts'
import { type Component, component, findProgram } from './require.ts'

/** The version that `.ci/run` fetches; any other one in KEYCLOAK_HOME will do as well. */
const version = '26.5.6'
const admin = { userName: 'admin', password: 'admin-of-the-test' } as const
/** It is a big program, and the machine may be busy. */
const startMs = 240_000

/** A realm as Keycloak exports it: `realm`, `clients`, `users`, `groups` … */
export type RealmFile = Readonly<Record<string, unknown>> & { readonly realm: string }

export interface Keycloak {
  /** `http://127.0.0.1:8180`, without a slash at its end. */
  readonly url: string
  /** Administrator of the realm `master`, for clients that read by the admin API. */
  readonly admin: typeof admin
  /** Makes a realm anew, also when there is one of the name; the result is its issuer. */
  importRealm(realm: RealmFile): Promise<string>
  /** The admin API: `admin('GET', '/realms/corp/users')`. Throws with what Keycloak said. */
  call(method: string, path: string, body?: unknown): Promise<unknown>
  stop(): Promise<void>
}

/** Whether a real Keycloak can be started here; MUSTER_REQUIRE=keycloak makes a missing one a failure. */
export async function keycloakPresent(): Promise<Component> {
  return await component('keycloak', () => {
    if (!existsSync(program())) return `there is no ${program()}`
    return findProgram('java', []) !== undefined || 'java is not installed'
  })
}

function home(): string {
  return process.env.KEYCLOAK_HOME ?? join(homedir(), '.cache', 'muster', `keycloak-${version}`)
}

function program(): string {
  return join(home(), 'bin', 'kc.sh')
}

/** A database as the first start of this version leaves it, kept beside the program: making it takes a minute and more. */
function prepared(): string {
  return join(home(), 'muster', 'keycloakdb.mv.db')
}

/**
 * Starts one with a small heap, in development mode, with a database of files of its own. Slow, so share it: a test file
 * needs one at most.
 */
export async function startKeycloak(): Promise<Keycloak> {
  if (!existsSync(prepared())) await prepare()
  const den = new Den('keycloak')
  copyFileSync(prepared(), den.path('keycloakdb.mv.db'))
  const { url } = await launch(den)
  return keycloakAt(url, () => den.remove())
}

async function prepare(): Promise<void> {
  const den = new Den('keycloak-first')
  const { server } = await launch(den)
  await den.end(server)
  mkdirSync(join(home(), 'muster'), { recursive: true })
  const draft = `${prepared()}.${process.pid}`
  copyFileSync(den.path('keycloakdb.mv.db'), draft)
  renameSync(draft, prepared())
  await den.remove()
}

async function launch(den: Den): Promise<{ readonly url: string; readonly server: ChildProcess }> {
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const server = den.start('keycloak', 'env', [
    'JAVA_OPTS_KC_HEAP=-Xms64m -Xmx256m',
    'JAVA_OPTS_APPEND=-XX:TieredStopAtLevel=1',
    `KC_BOOTSTRAP_ADMIN_USERNAME=${admin.userName}`,
    `KC_BOOTSTRAP_ADMIN_PASSWORD=${admin.password}`,
    program(),
    'start-dev',
    `--db-url=jdbc:h2:file:${den.path('keycloakdb')};NON_KEYWORDS=VALUE`,
    '--http-host=127.0.0.1',
    `--http-port=${port}`,
    '--cache=local',
  ])
  const until = Date.now() + startMs
  while (!(await answers(`${url}/realms/master`))) {
    if (server.exitCode !== null || Date.now() > until) {
      const log = readFileSync(den.path('keycloak.log'), 'utf8').slice(-2000)
      await den.remove()
      throw new Error(`Keycloak did not start:\n${log}`)
    }
    await pause(300)
  }
  return { url, server }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}

function keycloakAt(url: string, stop: () => Promise<void>): Keycloak {
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${await adminToken(url)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok && !(method === 'DELETE' && response.status === 404)) {
      throw new Error(`Keycloak answered ${method} ${path} with ${response.status}: ${text.slice(0, 500)}`)
    }
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
  return {
    url,
    admin,
    call,
    importRealm: async (realm) => {
      await call('DELETE', `/realms/${realm.realm}`)
      await call('POST', '/realms', realm)
      return `${url}/realms/${realm.realm}`
    },
    stop,
  }
}

/** Valid for a minute only, so each call gets its own. */
async function adminToken(url: string): Promise<string> {
  const response = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: admin.userName,
      password: admin.password,
    }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`Keycloak at ${url} does not know its administrator.`)
  return token
}
