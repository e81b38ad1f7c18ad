import { type RawBuilder, sql } from 'kysely'
import { scimFault } from '../../scim/error.ts'
import type { Filter } from '../../scim/filter/bind.ts'
import type { CompareOperator } from '../../scim/filter/tree.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import type { AttributeRef } from '../../scim/schema/registry.ts'
import { time } from '../rows.ts'
import { isIndexable } from './rows.ts'

type Condition = RawBuilder<unknown>
type Literal = string | number | boolean
type Comparison = Filter & { readonly kind: 'compare' }

/** What a filter is asked of: the resource `r`, or one element of it. */
interface Scope {
  compare(comparison: Comparison): Condition
  present(ref: AttributeRef): Condition
  element(ref: AttributeRef, filter: Filter): Condition
}

/**
 * A filter as a condition on `push_resource r`, true for exactly the resources for which `matches` of the pure engine is.
 * `userName`, `displayName` of groups, `externalId`, `id`, `emails.value`, `members.value`, `groups.value` and
 * `meta.lastModified` go through indexes; everything else looks at the documents. Throws 400 invalidFilter.
 */
export function filterToSql(filter: Filter, type: ResourceType): Condition {
  return compile(filter, resourceScope(type))
}

/**
 * Whether at most a handful of resources can match, because a name, an id or an address is given. A server without
 * statistics - the embedded store never has any - would rather walk through everybody in the order of a list.
 */
export function namesFew(filter: Filter, type: ResourceType): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.some((each) => namesFew(each, type))
    case 'or':
      return filter.operands.every((each) => namesFew(each, type))
    case 'compare':
      if (filter.operator !== 'eq' || filter.literal === '') return false
      return isMail(filter.ref) || isName(filter.ref, type.name === 'Group')
    case 'element':
      return filter.ref.attribute.name === 'emails' && (neededValues(filter.filter) ?? '') !== ''
    default:
      return false
  }
}

/** The one folded name a filter asks for and nothing else, as the column `name_key` holds it. */
export function namedBy(filter: Filter | undefined, type: ResourceType): string | undefined {
  if (filter?.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.literal !== 'string') return undefined
  const { extension, attribute } = filter.ref
  const unique = type.name === 'Group' ? 'displayName' : 'userName'
  return extension === undefined && attribute.name === unique ? filter.literal : undefined
}

function isName({ extension, attribute: { name } }: AttributeRef, isGroup: boolean): boolean {
  if (extension !== undefined) return false
  return name === 'id' || name === 'externalId' || name === (isGroup ? 'displayName' : 'userName')
}

function compile(filter: Filter, scope: Scope): Condition {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const between = filter.kind === 'and' ? sql` and ` : sql` or `
      return sql`(${sql.join(
        filter.operands.map((each) => compile(each, scope)),
        between,
      )})`
    }
    case 'not':
      return sql`not coalesce(${compile(filter.operand, scope)}, false)`
    case 'nothing':
      return sql`false`
    case 'present':
      return scope.present(filter.ref)
    case 'element':
      return scope.element(filter.ref, filter.filter)
    case 'compare':
      return scope.compare(filter)
  }
}

// --- the resource itself ----------------------------------------------------------------------------------------------

function resourceScope(type: ResourceType): Scope {
  const isGroup = type.name === 'Group'
  const json = jsonScope(sql`r.folded`)
  const column = (ref: AttributeRef): Column | undefined =>
    ref.extension === undefined ? columnOf(ref, isGroup) : undefined
  const rows = ({ extension, attribute }: AttributeRef) =>
    extension !== undefined
      ? undefined
      : attribute.name === 'members'
        ? members
        : attribute.name === 'groups'
          ? groups
          : undefined
  return {
    compare: (comparison) => {
      const { ref, operator, literal } = comparison
      const known = column(ref)
      if (known !== undefined) return known.compare(operator, literal)
      const related = rows(ref)
      if (related !== undefined) return related.compare(ref, operator, literal)
      if (ref.attribute.name === 'schemas') return comparedSchemas(type, operator, literal)
      if (!isMail(ref) || operator !== 'eq') return json.compare(comparison)
      return sql`(${mailIs(literal)} and ${json.compare(comparison)})`
    },
    present: (ref) =>
      column(ref)?.present ??
      rows(ref)?.present(ref) ??
      (ref.attribute.name === 'schemas' ? sql`true` : json.present(ref)),
    element: (ref, filter) => {
      const related = rows(ref)
      if (related !== undefined) return related.element(filter)
      if (ref.extension !== undefined || ref.attribute.name !== 'emails') return json.element(ref, filter)
      const mails = neededValues(filter)
      return mails === undefined ? json.element(ref, filter) : sql`(${mailIs(mails)} and ${json.element(ref, filter)})`
    },
  }
}

const isMail = ({ extension, attribute, sub }: AttributeRef) =>
  extension === undefined && attribute.name === 'emails' && sub?.name === 'value'

/** What an index can say beforehand: one of the addresses is this one. */
function mailIs(literal: Literal): Condition {
  if (literal === '' || !isIndexable(String(literal))) return sql`true`
  return sql`r.mail_keys @> array[${String(literal)}]::text[]`
}

/** The value an element must have, if the filter asks for one beside whatever else. */
function neededValues(filter: Filter): Literal | undefined {
  if (filter.kind === 'compare') {
    return filter.operator === 'eq' && filter.ref.attribute.name === 'value' ? filter.literal : undefined
  }
  if (filter.kind !== 'and') return undefined
  return filter.operands.map(neededValues).find((each) => each !== undefined)
}

interface Column {
  compare(operator: CompareOperator, literal: Literal): Condition
  readonly present: Condition
}

function columnOf({ attribute, sub }: AttributeRef, isGroup: boolean): Column | undefined {
  switch (attribute.name) {
    case 'id':
      return textColumn(sql`r.id`)
    case 'externalId':
      return textColumn(sql`r.external_id`)
    case 'userName':
      return textColumn(sql`r.name_key`)
    case 'displayName':
      return isGroup ? textColumn(sql`r.name_key`) : undefined
    case 'meta':
      return sub === undefined ? wholeMeta : metaColumn(sub.name)
    default:
      return undefined
  }
}

const wholeMeta: Column = {
  compare: () => refuse('meta', 'it has several parts; name one of them'),
  present: sql`true`,
}

function metaColumn(name: string): Column {
  switch (name) {
    case 'created':
      return timeColumn(sql`r.created_at`)
    case 'lastModified':
      return timeColumn(sql`r.modified_at`)
    case 'resourceType':
      return textColumn(sql`initcap(r.kind)`)
    case 'version':
      return textColumn(sql`'W/"' || r.version || '"'`)
    default:
      return refuse(`meta.${name}`, 'it depends on the address of this server')
  }
}

function textColumn(column: Condition): Column {
  return {
    compare: (operator, literal) =>
      operator === 'ne'
        ? sql`${column} is distinct from ${String(literal)}`
        : textCondition(column, operator, String(literal)),
    present: sql`coalesce(${column}, '') <> ''`,
  }
}

function timeColumn(column: Condition): Column {
  return {
    compare: (operator, literal) =>
      sql`${column} ${sql.raw(signs[operator as keyof typeof signs])} ${time(Number(literal))}`,
    present: sql`true`,
  }
}

function comparedSchemas(type: ResourceType, operator: CompareOperator, literal: Literal): Condition {
  const urn = sql`(urn collate "C")`
  const condition =
    operator === 'ne' ? sql`${urn} <> ${String(literal)}` : textCondition(urn, operator, String(literal))
  return sql`exists (select 1 from (select ${type.schema.id}::text as urn
    union all select key from jsonb_object_keys(r.folded) as key where key like '%:%') used where ${condition})`
}

const signs = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const

function textCondition(text: Condition, operator: CompareOperator, literal: string): Condition {
  switch (operator) {
    case 'co':
      return sql`strpos(${text}, ${literal}) > 0`
    case 'sw':
      return sql`starts_with(${text}, ${literal})`
    case 'ew':
      return sql`right(${text}, length(${literal}::text)) = ${literal}`
    default:
      return sql`(${text}) collate "C" ${sql.raw(signs[operator])} ${literal}`
  }
}

// --- documents --------------------------------------------------------------------------------------------------------

/** Values inside of a JSON document, or of one element of it. */
function jsonScope(base: Condition): Scope {
  return {
    compare: ({ ref, operator, literal }) => {
      const values = sql`jsonb_path_query(${base}, ${pathOf(ref)}::text::jsonpath) as value`
      if (operator !== 'ne') return sql`exists (select 1 from ${values} where ${valueCondition(operator, literal)})`
      // Nothing differs from everything.
      return sql`(not exists (select 1 from ${values}) or exists (select 1 from ${values} where ${valueCondition('ne', literal)}))`
    },
    present: (ref) => sql`jsonb_path_exists(${base}, ${`${pathOf(ref)}.** ? (${isSomething})`}::text::jsonpath)`,
    element: (ref, filter) =>
      // A simple value counts as an element with the one part `value`.
      sql`exists (select 1 from (select case jsonb_typeof(given) when 'object' then given else jsonb_build_object('value', given) end as element
        from jsonb_path_query(${base}, ${pathOf(ref)}::text::jsonpath) as given) elements where ${compile(filter, jsonScope(sql`element`))})`,
  }
}

const isSomething = '@.type() == "boolean" || @.type() == "number" || (@.type() == "string" && @ != "")'

/** Lax mode: a list is looked into, what is missing is nothing. */
function pathOf({ extension, attribute, sub }: AttributeRef): string {
  const names = [extension?.id, attribute.name, sub?.name].filter((name) => name !== undefined)
  return `$${names.map((name) => `.${JSON.stringify(name)}`).join('')}[*]`
}

function valueCondition(operator: CompareOperator, literal: Literal): Condition {
  const wanted = sql`${JSON.stringify(literal)}::text::jsonb`
  if (operator === 'eq' || operator === 'ne') return sql`value ${sql.raw(signs[operator])} ${wanted}`
  if (typeof literal === 'string') {
    const text = sql`value #>> '{}'`
    return sql`(jsonb_typeof(value) = 'string' and ${textCondition(sql`(${text})`, operator, literal)})`
  }
  const sign = sql.raw(signs[operator as keyof typeof signs])
  return sql`case jsonb_typeof(value) when 'number' then (value #>> '{}')::numeric ${sign} ${Number(literal)} else false end`
}

// --- memberships, which are rows --------------------------------------------------------------------------------------

/** A filter of members as a condition on `push_member m` joined to `push_resource other`. */
export function memberCondition(filter: Filter): Condition {
  return compile(filter, members.inner)
}

interface Related {
  readonly inner: Scope
  compare(ref: AttributeRef, operator: CompareOperator, literal: Literal): Condition
  present(ref: AttributeRef): Condition
  element(filter: Filter): Condition
}

const members = related({
  ofResource: sql`m.source = r.source and m.group_id = r.id`,
  isOther: sql`other.source = m.source and other.id = m.member_id`,
  byValue: (id) => sql`r.id in (select group_id from push_member where source = r.source and member_id = ${id})`,
  value: sql`m.member_id`,
  type: sql`initcap(other.kind)`,
})

const groups = related({
  ofResource: sql`m.source = r.source and m.member_id = r.id`,
  isOther: sql`other.source = m.source and other.id = m.group_id`,
  byValue: (id) => sql`r.id in (select member_id from push_member where source = r.source and group_id = ${id})`,
  value: sql`m.group_id`,
  type: sql`'direct'::text`,
})

interface Relation {
  readonly ofResource: Condition
  readonly isOther: Condition
  readonly byValue: (id: string) => Condition
  readonly value: Condition
  readonly type: Condition
}

function related({ ofResource, isOther, byValue, value, type }: Relation): Related {
  const some = (condition: Condition) =>
    sql`exists (select 1 from push_member m join push_resource other on ${isOther} where ${ofResource} and ${condition})`
  const part = (name: string): Condition => {
    if (name === 'value') return value
    // Folded, as both are without exact letter case.
    if (name === 'type') return sql`lower(${type})`
    if (name === 'display') return sql`coalesce(other.folded ->> 'displayName', other.name_key)`
    return refuse(name, 'memberships are searched by value, type or display')
  }
  const one = (name: string, operator: CompareOperator, literal: Literal) =>
    operator === 'ne' ? sql`${part(name)} <> ${String(literal)}` : textCondition(part(name), operator, String(literal))
  const inner: Scope = {
    compare: ({ ref, operator, literal }) => one(ref.attribute.name, operator, literal),
    present: ({ attribute }) => sql`${part(attribute.name)} <> ''`,
    element: () => refuse('a membership', 'it has no elements'),
  }
  return {
    inner,
    compare: ({ sub }, operator, literal) => {
      const name = sub?.name ?? 'value'
      if (name === 'value' && operator === 'eq') return byValue(String(literal))
      if (operator === 'ne') return sql`(not ${some(sql`true`)} or ${some(one(name, operator, literal))})`
      return some(one(name, operator, literal))
    },
    present: ({ sub }) => some(sub === undefined ? sql`true` : sql`${part(sub.name)} <> ''`),
    element: (filter) => {
      if (filter.kind === 'compare' && filter.operator === 'eq' && filter.ref.attribute.name === 'value') {
        return byValue(String(filter.literal))
      }
      return some(compile(filter, inner))
    },
  }
}

function refuse(what: string, why: string): never {
  throw scimFault.invalidFilter(`${what} cannot be searched: ${why}.`)
}
