import { fold, type Group, type User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { caller } from './access.ts'
import { refuse, required } from './dialect.ts'
import { isExpanded, pageOf } from './lookup.ts'
import type { CrowdTwin } from './twin.ts'
import { groupView, nameView, userView } from './views.ts'

type Entity = User | Group
type Test = (entity: Entity) => boolean

/** GET /search: users or groups, restricted in Crowd's query language; names only unless expanded. */
export function search(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  const type = required(twin, call, 'entity-type')
  const fits = testOf(twin, call.query.get('restriction') ?? '')
  const withAttributes = isExpanded(call, 'attributes')
  if (type === 'user') {
    const page = pageOf(twin, call, twin.store.users.filter(fits))
    const isFull = isExpanded(call, 'user')
    const users = page.map((user) => (isFull ? userView(twin, user, withAttributes) : nameView(twin, user)))
    return { status: 200, json: { expand: 'user', users } }
  }
  if (type !== 'group') refuse(twin, 400, 'ILLEGAL_ARGUMENT', `There is no entity type ${type}`)
  const page = pageOf(twin, call, twin.store.groups.filter(fits))
  const isFull = isExpanded(call, 'group')
  const groups = page.map((group) => (isFull ? groupView(twin, group, withAttributes) : nameView(twin, group)))
  return { status: 200, json: { expand: 'group', groups } }
}

/** `property = value` with `and` and `or` between; a value in quotes may have `*` at its ends. Empty = everything. */
function testOf(twin: CrowdTwin, restriction: string): Test {
  if (restriction.trim() === '') return () => true
  const alternatives = restriction.split(/\s+or\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/i).map((part) => {
    const tests = part.split(/\s+and\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/i).map((each) => comparison(twin, each))
    return (entity: Entity) => tests.every((test) => test(entity))
  })
  return (entity) => alternatives.some((test) => test(entity))
}

function comparison(twin: CrowdTwin, text: string): Test {
  const [, property = '', quoted, bare = ''] = /^\s*(\w[\w-]*)\s*=\s*(?:"([^"]*)"|(\S+))\s*$/.exec(text) ?? []
  if (property === '') return refuse(twin, 400, 'ILLEGAL_ARGUMENT', `The restriction is not understood: ${text}`)
  const wanted = quoted ?? bare
  const isExact = property === 'email' && twin.variants.is('searchEmailCase', 'sensitive')
  const same = isExact ? (value: string) => value : fold
  const pattern = same(wanted)
  return (entity) => valuesOf(entity, property).some((value) => matches(same(value), pattern))
}

function matches(value: string, pattern: string): boolean {
  const inner = pattern.replace(/^\*|\*$/g, '')
  if (pattern.startsWith('*') && pattern.endsWith('*') && pattern.length > 1) return value.includes(inner)
  if (pattern.startsWith('*')) return value.endsWith(inner)
  return pattern.endsWith('*') ? value.startsWith(inner) : value === pattern
}

function valuesOf(entity: Entity, property: string): readonly string[] {
  const own: Readonly<Record<string, string | undefined>> = {
    name: entity.name,
    active: String(entity.active),
    ...('email' in entity
      ? {
          email: entity.email,
          firstName: entity.firstName,
          lastName: entity.lastName,
          displayName: entity.displayName,
          createdDate: new Date(entity.createdAt).toISOString().slice(0, 10),
        }
      : { description: entity.description }),
  }
  const value = own[property]
  return value === undefined ? (entity.attributes.get(property) ?? []) : [value]
}
