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
