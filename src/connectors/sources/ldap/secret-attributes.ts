/** Attributes that hold passwords, hashes or keys: never asked for, never delivered, never shown. */
const names = new Set([
  'userpassword',
  'authpassword',
  'unicodepwd',
  'dbcspwd',
  'ntpwdhistory',
  'lmpwdhistory',
  'pwdhistory',
  'passwordhistory',
  'supplementalcredentials',
  'sambantpassword',
  'sambalmpassword',
  'sambapasswordhistory',
  'krbprincipalkey',
  'krbextradata',
  'krb5key',
  'ipanthash',
  'ipatokenotpkey',
  'ms-mcs-admpwd',
  'orclpassword',
  'orclpasswordverifier',
  'userpkcs12',
  'nspassword',
  'sasdefaultloginsequence',
])
const beginnings = ['mslaps-', 'ms-fve-', 'msds-managedpassword', 'msds-groupmsa', 'orclpassword;', 'authpassword;']

/** `name` in any letter case, with or without options. */
export function isSecretAttribute(name: string): boolean {
  const lower = name.toLowerCase()
  const [base = ''] = lower.split(';')
  return names.has(base) || beginnings.some((start) => lower.startsWith(start))
}
