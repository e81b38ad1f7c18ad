import { dnKey, parseDn } from './dn.ts'
import type { BindAccount, Flavour } from './flavours/flavour.ts'
import { type BindRequest, type Result, resultCodes } from './protocol.ts'

export interface BindAnswer {
  readonly result: Result
  /** Who the connection is from now on; undefined = anonymous. */
  readonly account: BindAccount | undefined
}

const success: Result = { code: resultCodes.success }

/** A simple bind, RFC 4513, 5.1. A bind that fails leaves the connection anonymous. */
export function answerBind(
  { version, name, password }: BindRequest,
  flavour: Flavour,
  accounts: readonly BindAccount[],
  { isEncrypted, demandsTls }: { readonly isEncrypted: boolean; readonly demandsTls: boolean },
): BindAnswer {
  const refused = (result: Result): BindAnswer => ({ result, account: undefined })
  if (version !== 3) return refused({ code: resultCodes.protocolError, message: 'only LDAP version 3 is spoken' })
  if (password === undefined)
    return refused({ code: resultCodes.authMethodNotSupported, message: 'SASL is not supported' })
  if (name === '') {
    // The anonymous bind; a password without a name means nothing.
    return password.length === 0 ? { result: success, account: undefined } : refused(flavour.badCredentials())
  }
  if (password.length === 0) return refused(flavour.unauthenticatedBind)
  if (demandsTls && !isEncrypted) return refused(flavour.demandsTls)
  const account = findAccount(name, accounts)
  if (account === undefined && !flavour.hasMicrosoftRules && parseDn(name) === undefined)
    return refused({ code: resultCodes.invalidDnSyntax, message: 'invalid DN' })
  if (account?.password !== password.toString('utf8')) return refused(flavour.badCredentials())
  return { result: success, account }
}

/** By DN in any writing, or by one of its other names: user@domain, DOMAIN\user. */
function findAccount(name: string, accounts: readonly BindAccount[]): BindAccount | undefined {
  const key = dnKey(name)
  return accounts.find(({ dn, aliases }) => dnKey(dn) === key || aliases.includes(name.toLowerCase()))
}
