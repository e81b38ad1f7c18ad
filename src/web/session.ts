/**
 * The proof that a request comes from our own page: the server gives it to whoever is signed in, and no other site can read
 * it. The session itself is a cookie that no script sees.
 */
let csrfToken: string | undefined

export function holdCsrfToken(value: string | undefined): void {
  csrfToken = value
}

/** What every call carries beside the cookie. */
export function sessionHeaders(): Readonly<Record<string, string>> {
  return csrfToken === undefined ? {} : { 'x-muster-csrf': csrfToken }
}

const turnedAway = new EventTarget()

/** Tells that the server no longer knows who is calling. */
export function tellTurnedAway(): void {
  turnedAway.dispatchEvent(new Event('turned-away'))
}

/** Hears it, until the function that comes back is called. */
export function whenTurnedAway(act: () => void): () => void {
  turnedAway.addEventListener('turned-away', act)
  return () => turnedAway.removeEventListener('turned-away', act)
}
