import { isGranted } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator, caller, guest } from './access.ts'
import { isAdministrator, type JiraDcTwin } from './twin.ts'
import { fullUserView } from './views.ts'

/** GET /serverInfo: open to everybody. */
export function serverInfo(twin: JiraDcTwin, call: Call): Answer {
  guest(twin, call)
  return {
    status: 200,
    json: {
      baseUrl: twin.url,
      version: twin.version.text,
      versionNumbers: [0, 1, 2].map((at) => twin.version.numbers[at] ?? 0),
      deploymentType: 'Server',
      buildNumber: 10_030_024,
      serverTime: new Date(call.at).toISOString().replace('Z', '+0000'),
      serverTitle: 'Acme Jira',
    },
  }
}

/** GET /myself: never anonymous. */
export function myself(twin: JiraDcTwin, call: Call): Answer {
  return { status: 200, json: fullUserView(twin, caller(twin, call), new Set()) }
}

const permissions = [
  ['ADMINISTER', 'Jira Administrators', 'GLOBAL'],
  ['SYSTEM_ADMIN', 'Jira System Administrators', 'GLOBAL'],
  ['USER_PICKER', 'Browse Users', 'GLOBAL'],
  ['BROWSE_PROJECTS', 'Browse Projects', 'PROJECT'],
] as const

/** GET /mypermissions: all there are, each with whether the caller has it. */
export function myPermissions(twin: JiraDcTwin, call: Call): Answer {
  const user = caller(twin, call)
  const has = (key: string) =>
    key === 'SYSTEM_ADMIN' ? isGranted(user, key) : key !== 'ADMINISTER' || isAdministrator(user)
  return { status: 200, json: { permissions: permissionMap((key) => ({ havePermission: has(key) })) } }
}

/** GET /permissions */
export function allPermissions(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  return { status: 200, json: { permissions: permissionMap(() => ({})) } }
}

function permissionMap(more: (key: string) => object) {
  return Object.fromEntries(
    permissions.map(([key, name, type], at) => [
      key,
      { id: String(at), key, name, type, description: name, ...more(key) },
    ]),
  )
}
