import { fold, type Group } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { caller, guest } from './access.ts'
import { found, numberParam } from './lookup.ts'
import type { JiraDcTwin } from './twin.ts'

/** GET /groups/picker: the only list of groups, never longer than the system property allows. Strangers see none. */
export function pickGroups(twin: JiraDcTwin, call: Call): Answer {
  return { status: 200, json: groupSuggestions(twin, call, guest(twin, call) !== undefined) }
}

/** GET /groupuserpicker */
export function pickGroupsAndUsers(twin: JiraDcTwin, call: Call): Answer {
  caller(twin, call)
  return { status: 200, json: { users: userSuggestions(twin, call), groups: groupSuggestions(twin, call, true) } }
}

/** GET /user/picker */
export function pickUsers(twin: JiraDcTwin, call: Call): Answer {
  caller(twin, call)
  return { status: 200, json: userSuggestions(twin, call) }
}

function groupSuggestions(twin: JiraDcTwin, call: Call, isKnown: boolean) {
  const limit = Number(twin.variants.get('groupsPickerLimit'))
  const asked = numberParam(twin, call, 'maxResults', Math.min(20, limit))
  const query = call.query.get('query') ?? ''
  const excluded = new Set(call.query.getAll('exclude').map(fold))
  const hits = isKnown
    ? twin.store.groups.filter((group) => matches(twin, group, query) && !excluded.has(fold(group.name)))
    : []
  const shown = hits.slice(0, Math.min(asked, limit)).slice(0, call.shortPage?.keep)
  const total = call.shortPage?.totalIsTrue === false ? shown.length : hits.length
  return {
    header: `Showing ${shown.length} of ${total} matching groups`,
    total,
    groups: shown.map(({ name }) => ({ name, html: asHtml(name), labels: [] })),
  }
}

function userSuggestions(twin: JiraDcTwin, call: Call) {
  const query = call.query.get('query') ?? ''
  const most = Math.min(numberParam(twin, call, 'maxResults', 50), 1000)
  const hits = twin.store.users.filter((user) => user.active && query !== '' && found(user, query))
  const shown = hits.slice(0, most)
  return {
    users: shown.map(({ name, key, displayName, email }) => ({
      name,
      key,
      html: asHtml(`${displayName} - ${email} (${name})`),
      displayName,
    })),
    total: hits.length,
    header: `Showing ${shown.length} of ${hits.length} matching users`,
  }
}

function matches({ variants }: JiraDcTwin, { name }: Group, query: string): boolean {
  return variants.is('groupNameMatch', 'case-sensitive') ? name.includes(query) : fold(name).includes(fold(query))
}

function asHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
