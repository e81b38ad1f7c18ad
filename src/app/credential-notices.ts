import type { Store } from '../ports/store.ts'
import { expiryOf } from './ends.ts'
import type { Installation } from './installation.ts'

const dayMs = 86_400_000
const endedForMs = 30 * dayMs
/** Days before the end at which somebody is told; 0 = it has ended. */
const thresholds = [0, 1, 7, 14, 30] as const

/** What the watch looks at: who may be told, and everything that ends. */
export interface CredentialWatch extends Pick<Installation, 'clock' | 'objects'> {
  readonly store: {
    readonly access: Pick<Store['access'], 'listTokens'>
    readonly notices: Pick<Store['notices'], 'add'>
  }
}

/** Tells of credentials that end soon, each threshold once. Called from time to time while the server is up. */
export async function tellOfCredentials({
  store: { access, notices },
  clock,
  objects,
}: CredentialWatch): Promise<void> {
  const now = clock.now()
  const ends = (await objects()).flatMap(({ kind, key, document }) =>
    Object.keys(document).flatMap((field) => {
      const expires = kind === 'connection' ? undefined : expiryOf(document, field)
      return expires === undefined ? [] : [{ end: `${kind} ${key}`, field, expires }]
    }),
  )
  const tokens = (await access.listTokens()).flatMap(({ prefix, expiresAt }) =>
    // By its first characters: its name and its owner may name a person.
    expiresAt === undefined ? [] : [{ end: 'Muster', field: `API token ${prefix}`, expires: expiresAt }],
  )
  for (const { end, field, expires } of [...ends, ...tokens]) {
    // What was told is forgotten in time, and what ended long ago is no news: it would be told again every month.
    if (now - expires > endedForMs) continue
    const days = Math.max(0, Math.ceil((expires - now) / dayMs))
    const threshold = thresholds.find((each) => days <= each)
    if (threshold === undefined) continue
    await notices.add({
      kind: 'credential-expiring',
      at: now,
      about: `credential ${end} ${field} ${expires} ${threshold}`,
      facts: { credential: { end, field, expires, days } },
    })
  }
}
