import type { Document } from '../rules/document.ts'

/** A new connection so far, as it would be saved. Holds no secret: sources and targets are saved on the server. */
export interface Draft {
  readonly key: string
  readonly document: Document
}

/** Names become groups until somebody says otherwise: a connection without any rule for groups would fill none. */
export const emptyDraft: Draft = {
  key: '',
  document: { source: '', target: '', mode: 'review', groups: { byName: {} } },
}

/** What was kept of a draft, as far as it is one. */
export function draftIn(kept: unknown): Draft {
  if (typeof kept !== 'object' || kept === null) return emptyDraft
  const { key, document } = kept as { readonly key?: unknown; readonly document?: unknown }
  if (typeof key !== 'string' || typeof document !== 'object' || document === null) return emptyDraft
  return { key, document: { ...emptyDraft.document, ...document } }
}
