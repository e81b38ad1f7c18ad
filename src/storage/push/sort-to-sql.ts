import { type RawBuilder, sql } from 'kysely'
import { scimFault } from '../../scim/error.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import type { Sorting } from '../../scim/sort.ts'

/** The order of a list of `push_resource r`, as `sorted` of the pure engine puts it; equal ones by id. */
export function sortToSql({ ref, descending }: Sorting, type: ResourceType): RawBuilder<unknown> {
  const direction = sql.raw(descending ? 'desc nulls first' : 'asc nulls last')
  return sql`${expressionOf(ref, type)} ${direction}, r.id`
}

function expressionOf(ref: Sorting['ref'], type: ResourceType): RawBuilder<unknown> {
  const { extension, attribute, sub } = ref
  if (extension === undefined) {
    if (attribute.keptAsRows === true || attribute.name === 'groups' || attribute.name === 'schemas') {
      throw scimFault.invalidPath(`Nothing can be sorted by ${attribute.name}.`)
    }
    if (attribute.name === 'id') return sql`r.id`
    if (attribute.name === 'externalId') return sql`r.external_id`
    if (attribute.name === 'userName' || (attribute.name === 'displayName' && type.name === 'Group'))
      return sql`r.name_key`
    if (attribute.name === 'meta') return metaExpression(sub?.name)
  }
  const value = firstValue(ref)
  const leaf = sub ?? attribute
  if (leaf.type === 'integer' || leaf.type === 'decimal' || leaf.type === 'dateTime') return sql`(${value})::numeric`
  return sql`(${value}) collate "C"`
}

function metaExpression(name: string | undefined): RawBuilder<unknown> {
  if (name === 'created') return sql`r.created_at`
  if (name === 'lastModified') return sql`r.modified_at`
  if (name === 'version') return sql`r.version`
  return sql`null::text`
}

/** Of several elements the primary one, else the first. */
function firstValue({ extension, attribute, sub }: Sorting['ref']): RawBuilder<unknown> {
  const names = [extension?.id, attribute.name].filter((name) => name !== undefined)
  const whole = `$${names.map((name) => `.${JSON.stringify(name)}`).join('')}`
  const query = (path: string) => sql`jsonb_path_query_first(r.folded, ${path}::text::jsonpath)`
  const inside = sub === undefined ? sql`'{}'::text[]` : sql`array[${sub.name}]::text[]`
  return sql`coalesce(${query(`${whole}[*] ? (@."primary" == true)`)}, ${query(`${whole}[0]`)}) #>> ${inside}`
}
