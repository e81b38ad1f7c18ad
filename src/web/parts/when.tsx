import { exactTime, relativeTime, shortTime } from '../words/times.ts'

/** An instant: relative or short, and exact with its zone on pointing at it. */
export function When({ at, short = false }: { readonly at: string; readonly short?: boolean }) {
  return (
    <time dateTime={at} title={exactTime(at)} className="nowrap">
      {short ? shortTime(at) : relativeTime(at)}
    </time>
  )
}
