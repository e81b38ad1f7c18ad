/** The one place of the console that asks the machine for the time. Unix time in milliseconds. */
export function now(): number {
  return Date.now()
}
