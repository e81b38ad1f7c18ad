import type { VariantFacts } from './variant-facts.ts'

export type VariantTable = Readonly<Record<string, VariantFacts>>

/** One value for every line of a table. */
export type ChoiceOf<Table extends VariantTable> = { [Name in keyof Table]: Table[Name]['values'][number] }

/** The choices in force: the first value of every line unless another was chosen. */
export class VariantChoices<Table extends VariantTable> {
  readonly table: Table
  readonly #chosen: ChoiceOf<Table>

  constructor(table: Table, chosen: Readonly<Record<string, string>> = {}) {
    this.table = table
    this.#chosen = Object.fromEntries(
      Object.entries(table).map(([name, facts]) => [name, facts.values[0]]),
    ) as ChoiceOf<Table>
    this.set(chosen)
  }

  is<Name extends keyof Table>(name: Name, value: ChoiceOf<Table>[Name]): boolean {
    return this.#chosen[name] === value
  }

  get<Name extends keyof Table>(name: Name): ChoiceOf<Table>[Name] {
    return this.#chosen[name]
  }

  get all(): Readonly<ChoiceOf<Table>> {
    return this.#chosen
  }

  /** Changes some; throws on an unknown name or value and then changes none. */
  set(chosen: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(chosen)) {
      const facts: VariantFacts | undefined = Object.hasOwn(this.table, name) ? this.table[name] : undefined
      if (facts === undefined)
        throw new Error(`There is no variant ${name}; known: ${Object.keys(this.table).join(', ')}`)
      if (!facts.values.includes(value)) throw new Error(`${name} is one of ${facts.values.join(', ')}, not ${value}`)
    }
    Object.assign(this.#chosen, chosen)
  }
}
