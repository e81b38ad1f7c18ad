import { type LdapSandbox, type LdapSandboxOptions, startLdapSandbox } from '../../src/sandbox/ldap/start.ts'
import { ldapsearch, type SearchQuestion, type ToolResult } from './ldap-tools.ts'

/** A question to a sandbox as its reader, from its base DN unless told. */
export type SandboxQuestion = Partial<SearchQuestion>

/** Starts a directory server of the sandbox for a suite and asks it with OpenLDAP's own client. */
export async function startAskedSandbox(options: LdapSandboxOptions) {
  const sandbox = await startLdapSandbox(options)
  const ask = (question: SandboxQuestion = {}): Promise<ToolResult> => {
    const as = { dn: sandbox.bindDn, password: sandbox.password }
    return ldapsearch({ url: sandbox.url, as, base: sandbox.baseDn, ...question })
  }
  return { sandbox, ask }
}

export type AskedSandbox = Awaited<ReturnType<typeof startAskedSandbox>> & { readonly sandbox: LdapSandbox }

/** DNs of the entries in an answer of ldapsearch, decoded. */
export function dnsIn({ stdout }: Pick<ToolResult, 'stdout'>): string[] {
  return valuesIn({ stdout }, 'dn')
}

/** Values of one attribute in an answer of ldapsearch, in order, decoded as UTF-8. */
export function valuesIn({ stdout }: Pick<ToolResult, 'stdout'>, name: string): string[] {
  return stdout.split('\n').flatMap((line) => {
    if (line.startsWith(`${name}: `)) return [line.slice(name.length + 2)]
    if (line.startsWith(`${name}:: `)) return [Buffer.from(line.slice(name.length + 3), 'base64').toString('utf8')]
    return []
  })
}
