import { startProduct } from '../../src/sandbox/data-center/start.ts'
import { productNamed } from '../../src/sandbox/products.ts'
import type { Company } from '../../test/doubles/directory-double.ts'
import { httpSources } from '../../test/doubles/http-sources.ts'
import { startOracleDouble } from '../../test/doubles/oracle-double.ts'

/** How large the company is, and the pages. */
export interface Size {
  readonly people: number
  readonly groups: number
  readonly membersPerGroup: number
  readonly pageSize: number
}

/** A source that is read over HTTP, and what stands behind it. */
export interface BenchSource {
  readonly type: string
  start(size: Size): Promise<{ readonly url: string }>
  settings(url: string, size: Size): Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

export const benchSources: Readonly<Record<string, BenchSource>> = {
  crowd: {
    type: 'crowd',
    start: async ({ people }) => {
      const { baseUrl: url } = await startProduct(productNamed('crowd'), { company: people, target: 'ten-years' })
      return { url }
    },
    settings: (baseUrl) => ({ baseUrl, application: 'muster' }),
    secrets: { password: 'sandbox-password-muster' },
  },
  ...Object.fromEntries(
    Object.entries(httpSources).map(([name, { type, secrets, start, settings }]): [string, BenchSource] => [
      name,
      {
        type,
        secrets,
        // Oracle itself draws the line at 10,000 members; the double of a small company does so at two.
        start: (size) =>
          name === 'oracle' ? startOracleDouble(companyOf(size), 10_000) : start(companyOf(size), size.pageSize),
        settings: (url, { pageSize }) => settings(url, pageSize),
      },
    ]),
  ),
}

/** A token is asked for once a read, whatever its size. */
export function isSignIn(url: string): boolean {
  return /\/token$/.test(url)
}

/** Every group has its own part of the people, going round; nothing is nested, since half of the products cannot. */
function companyOf({ people, groups, membersPerGroup }: Size): Company {
  const ids = Array.from({ length: people }, (_, at) => `u${at + 1}`)
  return {
    people: ids.map((id) => ({ id, login: `person${id.slice(1)}`, isActive: true })),
    groups: Array.from({ length: groups }, (_, at) => ({
      id: `g${at + 1}`,
      name: `team ${at + 1}`,
      people: Array.from({ length: membersPerGroup }, (_, nth) => ids[(at * membersPerGroup + nth) % people] ?? 'u1'),
      groups: [],
    })),
  }
}
