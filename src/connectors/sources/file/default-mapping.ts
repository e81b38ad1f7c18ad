import type { MappingRule } from '../../../domain/mapping.ts'
import { firstOf, fullName } from '../../kit/default-rule.ts'
import type { FileConfig } from './config.ts'

const emails = [
  'mail',
  'email',
  'Email',
  'E-Mail',
  'e-mail',
  'EMail',
  'Mail',
  'EMAIL',
  'emailAddress',
  'email_address',
  'Email Address',
  'E-mail Address',
  'primaryEmail',
  'workEmail',
  'emails',
]
const logins = [
  'userName',
  'username',
  'Username',
  'UserName',
  'User Name',
  'user_name',
  'login',
  'Login',
  'loginName',
  'uid',
  'sAMAccountName',
  'SamAccountName',
  'userPrincipalName',
  'UserPrincipalName',
  'account',
  'user',
]
const fullNames = [
  'displayName',
  'DisplayName',
  'Display Name',
  'display_name',
  'fullName',
  'Full Name',
  'full_name',
  'name.formatted',
  'cn',
  'name',
  'Name',
]
const givenNames = [
  'givenName',
  'GivenName',
  'Given Name',
  'given_name',
  'firstName',
  'First Name',
  'first_name',
  'firstname',
  'Firstname',
  'name.givenName',
]
const surnames = [
  'sn',
  'surname',
  'Surname',
  'familyName',
  'family_name',
  'lastName',
  'Last Name',
  'last_name',
  'lastname',
  'Lastname',
  'name.familyName',
]

/** What a file usually calls e-mail, login and full name; a column named in the settings alone decides. */
export function defaultMapping(config: FileConfig): Readonly<Record<string, MappingRule>> {
  return {
    email: firstOf(config.emailColumn === undefined ? emails : [config.emailColumn]),
    userName: firstOf(config.loginColumn === undefined ? logins : [config.loginColumn]),
    displayName:
      config.nameColumn === undefined ? fullName(fullNames, givenNames, surnames) : firstOf([config.nameColumn]),
  }
}
