import { useEffect, useState } from 'react'
import { useSettled } from './settled.ts'

const typingMs = 200

/** A filter that is typed: what the field shows, and how to set it. `choose` hears it when typing rests. */
export function useTypedFilter(text: string, choose: (text: string) => void) {
  const [typed, setTyped] = useState(text)
  const settled = useSettled(typed, typingMs)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed to its end changes the address
  useEffect(() => {
    if (settled !== text) choose(settled)
  }, [settled])
  return [typed, setTyped] as const
}
