import { type Draft, draftIn, emptyDraft } from './draft.ts'

const name = 'muster-new-connection'

/** The draft of this browser, or an empty one. */
export function keptDraft(): Draft {
  try {
    return draftIn(JSON.parse(localStorage.getItem(name) ?? 'null'))
  } catch {
    return emptyDraft
  }
}

export function keepDraft(draft: Draft): void {
  localStorage.setItem(name, JSON.stringify(draft))
}

export function dropDraft(): void {
  localStorage.removeItem(name)
}
