/** What somebody has chosen so far for a new connection. Holds no secret: sources and targets are saved on the server. */
export interface Draft {
  readonly key: string
  readonly source: string
  readonly target: string
  readonly mode: 'preview' | 'review' | 'automatic'
  readonly create: boolean
  readonly update: boolean
  readonly activate: boolean
  readonly onDisabled: Stage
  readonly onLeft: Stage
  readonly byName: boolean
  readonly lower: boolean
  readonly prefix: string
  readonly regexFind: string
  readonly regexReplace: string
  readonly table: readonly { readonly from: string; readonly to: string }[]
  readonly ownership: 'add-only' | 'own' | 'mapped' | 'all'
  readonly protectedGroups: string
  readonly deactivations: string
  readonly removals: string
  readonly creates: string
  readonly neverTouch: string
  readonly every: string
}

export interface Stage {
  readonly after: string
  readonly action: 'nothing' | 'remove-managed-groups' | 'remove-access' | 'deactivate'
}

/** The defaults of the engine, so that a connection nobody changed anything about says so. */
export const emptyDraft: Draft = {
  key: '',
  source: '',
  target: '',
  mode: 'review',
  create: true,
  update: true,
  activate: true,
  onDisabled: { after: '0d', action: 'deactivate' },
  onLeft: { after: '7d', action: 'deactivate' },
  byName: true,
  lower: false,
  prefix: '',
  regexFind: '',
  regexReplace: '',
  table: [],
  ownership: 'own',
  protectedGroups: '',
  deactivations: '100',
  removals: '1000',
  creates: '500',
  neverTouch: '',
  every: '',
}

/** Steps of the chain for names of groups, in the order they are applied. */
export function transformOf(draft: Draft): readonly Record<string, unknown>[] {
  return [
    ...(draft.regexFind === '' ? [] : [{ regex: { pattern: draft.regexFind, replace: draft.regexReplace } }]),
    ...(draft.lower ? [{ lower: true }] : []),
    ...(draft.prefix === '' ? [] : [{ prefix: draft.prefix }]),
  ]
}

/** The connection as a document, without what the defaults say anyway. */
export function documentOf(draft: Draft): Record<string, unknown> {
  const table = draft.table.filter(({ from, to }) => from.trim() !== '' && to.trim() !== '')
  const transform = transformOf(draft)
  const protectedGroups = lines(draft.protectedGroups)
  const neverTouch = lines(draft.neverTouch)
  const caps = {
    ...cap('deactivations', draft.deactivations, emptyDraft.deactivations),
    ...cap('membershipRemovals', draft.removals, emptyDraft.removals),
    ...cap('creates', draft.creates, emptyDraft.creates),
    ...(neverTouch.length === 0 ? {} : { neverTouch }),
  }
  return {
    source: draft.source,
    target: draft.target,
    mode: draft.mode,
    users: {
      create: draft.create,
      update: draft.update,
      activate: draft.activate,
      onDisabled: [draft.onDisabled],
      onLeft: [draft.onLeft],
    },
    groups: {
      ...(draft.byName ? { byName: transform.length === 0 ? {} : { transform } } : {}),
      ...(table.length === 0 ? {} : { byTable: table.map(({ from, to }) => ({ from: from.trim(), to: to.trim() })) }),
      ownership: draft.ownership,
      ...(protectedGroups.length === 0 ? {} : { protected: protectedGroups }),
    },
    ...(Object.keys(caps).length === 0 ? {} : { guards: caps }),
    ...(draft.every === '' ? {} : { schedule: { every: draft.every } }),
  }
}

function cap(name: string, typed: string, standard: string) {
  const value = Number(typed)
  return typed === standard || typed === '' || !Number.isInteger(value) ? {} : { [name]: { cap: value } }
}

function lines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
}
