/** An answer of the twin that differs from the document on purpose: where another source knows better. */
export interface Deviation {
  readonly document: string
  /** The template of the path. */
  readonly path: RegExp
  readonly statuses: readonly number[]
  readonly why: string
}

/** Bodies of these answers are not held against the document. */
export const deviations: readonly Deviation[] = [
  {
    document: 'atlassian-admin-organizations.json',
    path: /^\/v2\/orgs\/\{orgId\}\/directories\/\{directoryId\}\/(users|groups)$/,
    statuses: [404, 410],
    why: 'A list that has ended is no longer answered by the API, but by the gateway in front of it.',
  },
  {
    document: 'atlassian-admin-user-management.json',
    path: /./,
    statuses: [403],
    why: 'A key with scopes is refused with a text that names manage:org, as was measured; the document knows keys only.',
  },
]
