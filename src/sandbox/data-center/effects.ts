/** What really changed, whoever asked; counts of the truth, not of requests. */
const names = [
  'usersCreated',
  'usersChanged',
  'usersRenamed',
  'usersActivated',
  'usersDeactivated',
  'usersDeleted',
  'usersAnonymized',
  'passwordsSet',
  'sessionsEnded',
  'mailsSent',
  'groupsCreated',
  'groupsChanged',
  'groupsDeleted',
  'membershipsAdded',
  'membershipsRemoved',
  'nestingsAdded',
  'nestingsRemoved',
  'attributesSet',
  'attributesDeleted',
  'accessChanged',
  'projectLeadsChanged',
  'componentLeadsChanged',
] as const

export type Effect = (typeof names)[number]
export type Effects = Readonly<Record<Effect, number>>

/** Counts since the start or the last reset. */
export class EffectCounts {
  readonly #counts = new Map<Effect, number>()

  count(effect: Effect): void {
    this.#counts.set(effect, (this.#counts.get(effect) ?? 0) + 1)
  }

  get effects(): Effects {
    return Object.fromEntries(names.map((name) => [name, this.#counts.get(name) ?? 0])) as Effects
  }

  reset(): void {
    this.#counts.clear()
  }
}
