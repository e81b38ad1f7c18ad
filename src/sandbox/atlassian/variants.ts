import { type ChoiceOf, VariantChoices } from '../server/variants.ts'
import { bitbucketVariants } from './variants/bitbucket.ts'
import { confluenceVariants } from './variants/confluence.ts'
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
  ...confluenceVariants,
  ...bitbucketVariants,
} as const

export type VariantName = keyof typeof variantTable

export type VariantChoice = ChoiceOf<typeof variantTable>

/** The choices in force. */
export class Variants extends VariantChoices<typeof variantTable> {
  constructor(chosen: Readonly<Record<string, string>> = {}) {
    super(variantTable, chosen)
  }
}
