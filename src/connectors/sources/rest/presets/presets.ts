import type { Preset } from '../recipe.ts'

/**
 * Ready-made settings, as data. They are written from the vendors' documents and were tried on servers of ours that do what
 * these documents say, not on the vendors' own: "try it" shows on yours.
 */
export const presets = {
  // https://developers.onelogin.com/api-docs/2/users/list-users: status 1 = active; roles act as groups.
  onelogin: {
    auth: { type: 'oauth2ClientCredentials', tokenUrl: '/auth/oauth2/v2/token', style: 'basic' },
    users: {
      path: '/api/2/users',
      page: { type: 'cursor', param: 'cursor', nextHeader: 'After-Cursor', sizeParam: 'limit', size: 1000 },
      one: '/api/2/users/{id}',
      map: {
        id: '$.id',
        userName: '$.username',
        email: '$.email',
        givenName: '$.firstname',
        familyName: '$.lastname',
        // 0 unactivated, 2 suspended; whoever is locked or has to set a password or questions still works there.
        active: { path: '$.status', falseWhen: [0, 2] },
        attributes: { department: '$.department', title: '$.title', company: '$.company' },
      },
    },
    groups: {
      path: '/api/2/roles',
      page: { type: 'cursor', param: 'cursor', nextHeader: 'After-Cursor', sizeParam: 'limit', size: 650 },
      one: '/api/2/roles/{id}',
      map: { id: '$.id', name: '$.name' },
    },
    memberships: {
      type: 'perGroup',
      path: '/api/2/roles/{id}/users',
      page: { type: 'cursor', param: 'cursor', nextHeader: 'After-Cursor', sizeParam: 'limit', size: 650 },
    },
  },

  // https://docs.jumpcloud.com/api/: systemusers by v1 with a total, groups by v2 as bare lists.
  jumpcloud: {
    auth: { type: 'apiKey', in: 'header', name: 'x-api-key' },
    users: {
      path: '/api/systemusers',
      query: { sort: '_id' },
      items: '$.results',
      page: { type: 'offset', param: 'skip', sizeParam: 'limit', size: 100, totalPath: '$.totalCount' },
      one: '/api/systemusers/{id}',
      map: {
        id: '$._id',
        userName: '$.username',
        email: '$.email',
        displayName: '$.displayname',
        givenName: '$.firstname',
        familyName: '$.lastname',
        active: { path: '$.suspended', falseWhen: [true] },
        attributes: { department: '$.department', title: '$.jobTitle', employeeNumber: '$.employeeIdentifier' },
      },
    },
    groups: {
      path: '/api/v2/usergroups',
      query: { sort: 'name' },
      page: { type: 'offset', param: 'skip', sizeParam: 'limit', size: 100 },
      one: '/api/v2/usergroups/{id}',
      map: { id: '$.id', name: '$.name', description: '$.description' },
    },
    memberships: {
      type: 'perGroup',
      path: '/api/v2/usergroups/{id}/members',
      page: { type: 'offset', param: 'skip', sizeParam: 'limit', size: 100 },
      idPath: '$.to.id',
      kind: { path: '$.to.type', groupWhen: ['user_group'] },
    },
  },

  // https://apidocs.pingidentity.com/pingone/platform/v1/api/: HAL, next links; a group says in which groups it is.
  pingone: {
    auth: { type: 'oauth2ClientCredentials', style: 'basic' },
    users: {
      path: '/users',
      items: '$._embedded.users',
      page: { type: 'nextUrl', path: '$._links.next.href', sizeParam: 'limit', size: 200 },
      one: '/users/{id}',
      map: {
        id: '$.id',
        userName: '$.username',
        email: '$.email',
        displayName: '$.name.formatted',
        givenName: '$.name.given',
        familyName: '$.name.family',
        active: { path: '$.enabled', falseWhen: [false] },
        attributes: { title: '$.title', type: '$.type' },
      },
    },
    groups: {
      path: '/groups',
      items: '$._embedded.groups',
      page: { type: 'nextUrl', path: '$._links.next.href', sizeParam: 'limit', size: 200 },
      one: '/groups/{id}',
      map: { id: '$.id', name: '$.name', description: '$.description' },
    },
    memberships: {
      type: 'perUser',
      path: '/users/{id}/memberOfGroups',
      items: '$._embedded.groupMemberships',
      page: { type: 'nextUrl', path: '$._links.next.href', sizeParam: 'limit', size: 200 },
    },
  },

  // https://auth0.com/docs/api/management/v2: /users ends at 1,000 people; roles are asked by checkpoint.
  auth0: {
    auth: { type: 'oauth2ClientCredentials', tokenUrl: '/oauth/token', style: 'body' },
    users: {
      path: '/api/v2/users',
      query: { include_totals: true, sort: 'created_at:1' },
      items: '$.users',
      page: { type: 'pageNumber', param: 'page', start: 0, sizeParam: 'per_page', size: 100, totalPath: '$.total' },
      one: '/api/v2/users/{id}',
      map: {
        id: '$.user_id',
        userName: '$.username',
        email: '$.email',
        displayName: '$.name',
        givenName: '$.given_name',
        familyName: '$.family_name',
        active: { path: '$.blocked', falseWhen: [true] },
        attributes: { nickname: '$.nickname' },
      },
    },
    groups: {
      path: '/api/v2/roles',
      query: { include_totals: true },
      items: '$.roles',
      page: { type: 'pageNumber', param: 'page', start: 0, sizeParam: 'per_page', size: 100, totalPath: '$.total' },
      one: '/api/v2/roles/{id}',
      map: { id: '$.id', name: '$.name', description: '$.description' },
    },
    memberships: {
      type: 'perGroup',
      path: '/api/v2/roles/{id}/users',
      // take alone begins a checkpoint; the first page is then an object, too.
      query: { take: 100 },
      items: '$.users',
      page: { type: 'cursor', param: 'from', nextPath: '$.next' },
      idPath: '$.user_id',
    },
  },

  // https://docs.goauthentik.io/developer-docs/api/: pagination.next is 0 on the last page, count is the total.
  authentik: {
    auth: { type: 'bearer' },
    users: {
      path: '/core/users/',
      query: { ordering: 'pk', include_groups: false },
      items: '$.results',
      page: { type: 'pageNumber', param: 'page', sizeParam: 'page_size', size: 100, totalPath: '$.pagination.count' },
      one: '/core/users/{id}/',
      map: {
        id: '$.pk',
        userName: '$.username',
        email: '$.email',
        displayName: '$.name',
        active: { path: '$.is_active', falseWhen: [false] },
        attributes: { uuid: '$.uuid', type: '$.type' },
      },
    },
    groups: {
      path: '/core/groups/',
      query: { ordering: 'name', include_users: true },
      items: '$.results',
      page: { type: 'pageNumber', param: 'page', sizeParam: 'page_size', size: 100, totalPath: '$.pagination.count' },
      one: '/core/groups/{id}/',
      map: { id: '$.pk', name: '$.name' },
    },
    memberships: { type: 'fromGroup', path: '$.users' },
  },

  // https://docs.gitlab.com/api/users/ (keyset paging), /api/groups/.
  gitlab: {
    auth: { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN' },
    users: {
      path: '/users',
      query: { order_by: 'id', sort: 'asc', pagination: 'keyset', humans: true },
      page: { type: 'linkHeader', sizeParam: 'per_page', size: 100 },
      one: '/users/{id}',
      map: {
        id: '$.id',
        userName: '$.username',
        email: '$.email',
        displayName: '$.name',
        active: { path: '$.state', trueWhen: ['active'] },
        attributes: { jobTitle: '$.job_title', organization: '$.organization' },
      },
    },
    groups: {
      path: '/groups',
      query: { order_by: 'name', pagination: 'keyset', all_available: true },
      page: { type: 'linkHeader', sizeParam: 'per_page', size: 100 },
      one: '/groups/{id}',
      map: { id: '$.id', name: '$.full_path', description: '$.description' },
    },
    memberships: {
      type: 'perGroup',
      path: '/groups/{id}/members',
      page: { type: 'linkHeader', totalHeader: 'X-Total', sizeParam: 'per_page', size: 100 },
    },
  },

  // https://zitadel.com/docs/apis/resources/user_service_v2: people only; grants of roles are not groups.
  zitadel: {
    auth: { type: 'bearer' },
    users: {
      path: '/v2/users',
      method: 'POST',
      body: { queries: [{ typeQuery: { type: 'TYPE_HUMAN' } }], sortingColumn: 'USER_FIELD_NAME_CREATION_DATE' },
      items: '$.result',
      page: {
        type: 'offset',
        param: 'query.offset',
        in: 'body',
        sizeParam: 'query.limit',
        size: 100,
        totalPath: '$.details.totalResult',
      },
      one: '/v2/users/{id}',
      oneItem: '$.user',
      map: {
        id: '$.userId',
        userName: '$.preferredLoginName',
        email: '$.human.email.email',
        displayName: '$.human.profile.displayName',
        givenName: '$.human.profile.givenName',
        familyName: '$.human.profile.familyName',
        active: { path: '$.state', falseWhen: ['USER_STATE_INACTIVE', 'USER_STATE_DELETED'] },
      },
    },
  },

  // A custom report enabled as web service, ?format=json: everything in one answer below Report_Entry.
  workday: {
    auth: { type: 'basic', username: 'set-your-own' },
    users: {
      path: '/Muster_People',
      query: { format: 'json' },
      items: '$.Report_Entry',
      map: {
        id: '$.Employee_ID',
        userName: '$.Email',
        email: '$.Email',
        displayName: '$.Full_Name',
        givenName: '$.First_Name',
        familyName: '$.Last_Name',
        active: { path: '$.Active', falseWhen: [0, false, 'No', 'N'] },
        attributes: '*',
      },
    },
    memberships: { type: 'fromUser', path: '$.Department', refersTo: 'name', absent: 'none' },
  },
} as const satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof presets
