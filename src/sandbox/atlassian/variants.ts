import type { VariantFacts } from './variants/facts.ts'
import { jiraVariants } from './variants/jira.ts'
import { organizationVariants } from './variants/organizations.ts'
import { userManagementVariants } from './variants/user-management.ts'
import { userProvisioningVariants } from './variants/user-provisioning.ts'

/**
 * The table of variants; the first value of each is the default. A connector must work under every value of every line.
 * "UNCONFIRMED" and the section numbers are those of the API reference the twin is written from.
 */
export const variantTable = {
  ...jiraVariants,
  ...organizationVariants,
  ...userManagementVariants,
  ...userProvisioningVariants,
} as const

export type VariantName = keyof typeof variantTable

export type VariantChoice = { [Name in VariantName]: (typeof variantTable)[Name]['values'][number] }

/** The choices in force. */
export class Variants {
  readonly #chosen: VariantChoice

  constructor(chosen: Readonly<Record<string, string>> = {}) {
    this.#chosen = Object.fromEntries(
      Object.entries(variantTable).map(([name, facts]) => [name, facts.values[0]]),
    ) as VariantChoice
    this.set(chosen)
  }

  is<Name extends VariantName>(name: Name, value: VariantChoice[Name]): boolean {
    return this.#chosen[name] === value
  }

  get<Name extends VariantName>(name: Name): VariantChoice[Name] {
    return this.#chosen[name]
  }

  get all(): Readonly<VariantChoice> {
    return this.#chosen
  }

  /** Changes some; throws on an unknown name or value and then changes none. */
  set(chosen: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(chosen)) {
      const facts: VariantFacts | undefined = Object.hasOwn(variantTable, name)
        ? variantTable[name as VariantName]
        : undefined
      if (facts === undefined)
        throw new Error(`There is no variant ${name}; known: ${Object.keys(variantTable).join(', ')}`)
      if (!facts.values.includes(value)) throw new Error(`${name} is one of ${facts.values.join(', ')}, not ${value}`)
    }
    Object.assign(this.#chosen, chosen)
  }
}
