export type Document = Readonly<Record<string, unknown>>

/** The settings of the connector itself; only targets are written to, so only they can forbid something. */
export function ownSettings(side: 'source' | 'target', document: Document): Document {
  const { type: _, displayName: __, ...settings } = document
  if (side === 'source') return settings
  const { allow: ___, ...own } = settings
  return own
}
