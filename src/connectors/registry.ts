import type { Catalog } from '../ports/catalog.ts'
import { crowd as crowdSource } from './sources/crowd/index.ts'
import { entra } from './sources/entra/index.ts'
import { file } from './sources/file/index.ts'
import { google } from './sources/google/index.ts'
import { keycloak } from './sources/keycloak/index.ts'
import { ldap } from './sources/ldap/index.ts'
import { local as localSource } from './sources/local/index.ts'
import { okta } from './sources/okta/index.ts'
import { rest } from './sources/rest/index.ts'
import { miniorange } from './sources/rest/miniorange.ts'
import { scimPull } from './sources/scim-pull/index.ts'
import { oracle } from './sources/scim-pull/oracle.ts'
import { scimPush } from './sources/scim-push/index.ts'
import { target } from './sources/target/index.ts'
import { atlassianScim } from './targets/atlassian-scim/index.ts'
import { bitbucketCloud } from './targets/bitbucket-cloud/index.ts'
import { bitbucketDc } from './targets/bitbucket-dc/index.ts'
import { confluenceCloud } from './targets/confluence-cloud/index.ts'
import { confluenceDc } from './targets/confluence-dc/index.ts'
import { crowd } from './targets/crowd/index.ts'
import { jiraCloud } from './targets/jira-cloud/index.ts'
import { jiraDc } from './targets/jira-dc/index.ts'
import { local } from './targets/local/index.ts'
import { scim } from './targets/scim/index.ts'

/** Every connector there is: the one file that grows by a line. */
export const catalog: Catalog = {
  sources: [
    crowdSource,
    entra,
    file,
    google,
    keycloak,
    ldap,
    localSource,
    miniorange,
    okta,
    oracle,
    rest,
    scimPull,
    scimPush,
    target,
  ],
  targets: [
    atlassianScim,
    bitbucketCloud,
    bitbucketDc,
    confluenceCloud,
    confluenceDc,
    crowd,
    jiraCloud,
    jiraDc,
    local,
    scim,
  ],
}
