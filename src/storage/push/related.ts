import { type RawBuilder, sql } from 'kysely'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import { kindOf } from './rows.ts'

/**
 * One more column of `push_resource r`: members of a group or groups of a person, in the order of ids. Read by the same
 * statement, they are those of the very version beside them. One look into an index per membership.
 */
export function relatedColumn(type: ResourceType): RawBuilder<unknown> {
  const [by, other] = kindOf(type) === 'group' ? [sql`group_id`, sql`member_id`] : [sql`member_id`, sql`group_id`]
  return sql`, (select coalesce(json_agg(json_strip_nulls(json_build_object('id', o.id, 'kind', o.kind, 'sourceKey', o.source_key,
        'display', coalesce(o.document ->> 'displayName', o.document ->> 'userName'))) order by o.id), '[]'::json)
      from (select ${other} as id from push_member where source = r.source and ${by} = r.id offset 0) m
      cross join lateral (select * from push_resource where source = r.source and id = m.id limit 1) o) as related`
}
