/** The key of the person that a work item is about; undefined for a group. */
export function personOf({ subject }: { readonly subject: string }): string | undefined {
  return /^person:[^:]+:(.+)$/.exec(subject)?.[1]
}
