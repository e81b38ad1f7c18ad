import { type Outcome, outcomes } from '../../domain/change.ts'

export const reportPresets = ['leavers', 'new-access', 'administrators', 'seats'] as const
export const reportFates = [...outcomes, 'open'] as const

/** The filter of a report as it stands in the address, so that it can be sent to somebody. */
export interface ReportSearch {
  readonly preset?: (typeof reportPresets)[number]
  readonly person?: string
  readonly application?: string
  readonly from?: string
  readonly until?: string
  readonly outcome?: Outcome | 'open'
}

/** Drops whatever an address says that is no filter. */
export function reportSearch(given: Record<string, unknown>): ReportSearch {
  const preset = reportPresets.find((each) => each === given.preset)
  const outcome = reportFates.find((each) => each === given.outcome)
  return {
    ...(preset === undefined ? {} : { preset }),
    ...(outcome === undefined ? {} : { outcome }),
    ...textOf('person', given),
    ...textOf('application', given),
    ...dayOf('from', given),
    ...dayOf('until', given),
  }
}

function textOf<Name extends string>(name: Name, given: Record<string, unknown>): { readonly [Key in Name]?: string } {
  const value = given[name]
  return typeof value === 'string' && value.trim() !== ''
    ? ({ [name]: value.slice(0, 300) } as Record<Name, string>)
    : {}
}

/** A day that is not written to its end yet filters nothing. */
function dayOf<Name extends string>(name: Name, given: Record<string, unknown>): { readonly [Key in Name]?: string } {
  const value = given[name]
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
    ? ({ [name]: value } as Record<Name, string>)
    : {}
}
