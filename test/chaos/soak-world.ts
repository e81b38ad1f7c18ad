import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '../../src/sandbox/start.ts'

interface Person {
  readonly id: string
  readonly mail: string
  active: boolean
  present: boolean
  readonly groups: Set<string>
}

/** What a soak's company looks like, changes in it, and what the site should be in the end. */
export class SoakWorld {
  readonly #people = new Map<string, Person>()
  readonly #groups: readonly string[]
  readonly #file: string
  readonly #sandbox: Sandbox
  readonly #random: () => number
  /** Memberships that somebody made by hand in the site: nobody may take them away. */
  readonly #foreign = new Map<string, Set<string>>()
  /** Every membership the company ever had. */
  readonly #everHad = new Set<string>()
  #next = 0

  constructor(sandbox: Sandbox, folder: string, random: () => number, people: number, groups: number) {
    this.#sandbox = sandbox
    this.#file = join(folder, 'company.json')
    this.#random = random
    this.#groups = Array.from({ length: groups }, (_, index) => `soak-team-${index + 1}`)
    for (let count = 0; count < people; count += 1) this.#join()
    this.save()
  }

  /** Something happens at the company or in the site; says what. */
  happen(): string {
    const events = [
      () => this.#join(),
      () =>
        this.#change('leaves', (person) => {
          person.present = false
        }),
      () =>
        this.#change('is disabled', (person) => {
          person.active = false
        }),
      () => this.#comeBack(),
      () => this.#change('moves', (person) => this.#moveGroups(person)),
      () => this.#change('moves', (person) => this.#moveGroups(person)),
      () => this.#handMade(),
      () => this.#takenByHand(),
    ]
    const said = this.#pick(events)()
    this.save()
    return said
  }

  save(): void {
    const present = [...this.#people.values()].filter((person) => person.present)
    const people = present.map(({ id, mail, active }) => ({ id, login: id, mail, displayName: id, active }))
    const groups = this.#groups.map((name) => ({
      id: `g-${name}`,
      name,
      members: present.filter((person) => person.groups.has(name)).map(({ id }) => ({ id })),
    }))
    writeFileSync(this.#file, JSON.stringify({ people, groups }))
  }

  /** A file that ends in the middle, as while it is being copied. */
  tear(): void {
    writeFileSync(this.#file, '{"people":[{"id":"p-1","login":"p-1","ma')
  }

  /** Everything in which the site is not as the company says; empty = equal. */
  differences(): readonly string[] {
    const site = new Map(this.#sandbox.control.state().people.map((person) => [person.email, person]))
    const wrong: string[] = []
    for (const person of this.#people.values()) {
      const actual = site.get(person.mail)
      const state = Object.values(actual?.directories ?? {})[0]
      const shouldWork = person.present && person.active
      if (actual === undefined) {
        if (shouldWork) wrong.push(`${person.mail} has no account`)
        continue
      }
      if ((state === 'active') !== shouldWork) wrong.push(`${person.mail} is ${state}, active=${shouldWork} expected`)
      if (!shouldWork) continue
      const foreign = this.#foreign.get(person.mail) ?? new Set<string>()
      for (const name of this.#groups) {
        const isIn = actual.groups.includes(name)
        if (person.groups.has(name) && !isIn) wrong.push(`${person.mail} is missing in ${name}`)
        if (!person.groups.has(name) && isIn && !foreign.has(name)) wrong.push(`${person.mail} is still in ${name}`)
        if (foreign.has(name) && !isIn) wrong.push(`${person.mail} lost ${name}, which was given by hand`)
      }
    }
    return wrong
  }

  #join(): string {
    this.#next += 1
    const id = `p-${this.#next}`
    const person = { id, mail: `${id}@acme.example`, active: true, present: true, groups: new Set<string>() }
    this.#people.set(id, person)
    this.#moveGroups(person)
    return `${id} joins`
  }

  #comeBack(): string {
    const away = [...this.#people.values()].filter((person) => !person.present || !person.active)
    const person = away.length === 0 ? undefined : this.#pick(away)
    if (person === undefined) return 'nobody comes back'
    person.present = true
    person.active = true
    this.#moveGroups(person)
    return `${person.id} comes back`
  }

  #moveGroups(person: Person): void {
    person.groups.clear()
    for (let count = 0; count < 3; count += 1) {
      const name = this.#pick(this.#groups)
      // What was given by hand is adopted once the company says so too, and would end with it.
      if (this.#foreign.get(person.mail)?.has(name) === true) continue
      person.groups.add(name)
      this.#everHad.add(`${person.id} ${name}`)
    }
  }

  /** Somebody in the site puts a person into a group the company does not have them in. */
  #handMade(): string {
    const person = this.#worker()
    const name = this.#pick(this.#groups)
    const actual = this.#inSite(person)
    // Only where nobody else ever vouched for it, or a run under way could rightly take it back.
    if (person === undefined || actual === undefined || this.#everHad.has(`${person.id} ${name}`))
      return 'nothing by hand'
    if (actual.groups.includes(name) || person.groups.has(name)) return 'nothing by hand'
    this.#sandbox.control.edit({ action: 'add-member', group: name, email: person.mail })
    const foreign = this.#foreign.get(person.mail) ?? new Set<string>()
    this.#foreign.set(person.mail, foreign.add(name))
    return `somebody adds ${person.id} to ${name} by hand`
  }

  /** Somebody in the site takes a person out of a group they should be in. */
  #takenByHand(): string {
    const person = this.#worker()
    const actual = this.#inSite(person)
    const name = [...(person?.groups ?? [])].find((each) => actual?.groups.includes(each))
    if (person === undefined || name === undefined) return 'nothing by hand'
    this.#sandbox.control.edit({ action: 'remove-member', group: name, email: person.mail })
    return `somebody takes ${person.id} out of ${name} by hand`
  }

  #worker(): Person | undefined {
    const working = [...this.#people.values()].filter((person) => person.present && person.active)
    return working.length === 0 ? undefined : this.#pick(working)
  }

  #inSite(person: Person | undefined) {
    return this.#sandbox.control.state().people.find(({ email }) => email === person?.mail)
  }

  #change(what: string, act: (person: Person) => void): string {
    const person = this.#worker()
    if (person === undefined) return 'nobody is there'
    act(person)
    return `${person.id} ${what}`
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)]!
  }
}
