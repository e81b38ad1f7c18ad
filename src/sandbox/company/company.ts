import type { TargetSeed } from '../atlassian/seed/facts.ts'
import type { CompanyDirectory } from './directory.ts'
import { type LargeOptions, largeCompany } from './large.ts'
import { type SiteShape, shapeSite } from './shape.ts'
import { largeSite } from './site.ts'
import { smallCompany, smallSite } from './small.ts'

/** A company with both its sides: what its directory says, and what its Atlassian site looks like. */
export interface Company {
  readonly directory: CompanyDirectory
  readonly target: TargetSeed
}

export type CompanySize = 'small' | number

/** The same arguments give the same company. A small one has an old site and a large one a fresh site unless told. */
export function makeCompany(
  size: CompanySize,
  options: Omit<LargeOptions, 'people'> & { readonly target?: 'fresh' | 'ten-years'; readonly shape?: SiteShape } = {},
): Company {
  if (size === 'small') return shaped(smallCompany(), smallSite(options.target ?? 'ten-years'), options)
  if (!Number.isInteger(size) || size < 1 || size > 1_000_000)
    throw new Error('A company has 1 to 1000000 people, or is "small"')
  const directory = largeCompany({ ...options, people: size })
  return shaped(directory, largeSite(directory, options.target ?? 'fresh', options.seed), options)
}

function shaped(
  directory: CompanyDirectory,
  target: TargetSeed,
  { shape, seed }: { readonly shape?: SiteShape; readonly seed?: number },
): Company {
  if (shape === undefined) return { directory, target }
  const leavers = directory.people.filter(({ active }) => !active).map(({ mail }) => mail)
  return { directory, target: shapeSite(target, shape, leavers, seed) }
}
