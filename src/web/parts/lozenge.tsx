import type { ReactNode } from 'react'

/** What a colour means, as in Atlassian's tools: grey rests, blue moves, green is proven, yellow waits, red needs somebody. */
export type Tone = 'neutral' | 'info' | 'success' | 'warning' | 'danger' | 'discovery'

export function Lozenge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className="lozenge" data-tone={tone}>
      {children}
    </span>
  )
}
