import type { ControlHandler } from '../server/control.ts'
import type { FaultState } from '../server/faults.ts'
import { requireOperations } from '../server/patterns.ts'
import { type CertificateKind, certificateKinds } from './certificates.ts'
import type { LdapCompany, LdapEdit } from './company.ts'
import type { LdapCounts, LoggedOperation } from './counters.ts'
import type { Directory } from './directory.ts'
import { checkLdapFault, type LdapFault, ldapOperations } from './faults.ts'
import type { PageEvent } from './search-host.ts'
import type { LdapServer } from './server.ts'

/** Everything a test or a rehearsal may do to the directory server. The same over HTTP: `/__sandbox/ldap/...`. */
export class LdapControl {
  readonly company: LdapCompany
  readonly #server: LdapServer

  constructor(server: LdapServer, company: LdapCompany) {
    this.#server = server
    this.company = company
  }

  /** The entries themselves, for what no edit says. */
  get directory(): Directory {
    return this.#server.directory
  }

  /** Sets a fault; the id removes it again. Throws for operations that there are none of. */
  addFault(fault: LdapFault): number {
    requireOperations(fault.operations, ldapOperations)
    return this.#server.faults.add(fault)
  }

  removeFault(id?: number): void {
    this.#server.faults.remove(id)
  }

  get faults(): readonly FaultState<LdapFault>[] {
    return this.#server.faults.list
  }

  /** Operations and connections being held right now. */
  get held(): number {
    return this.#server.faults.held
  }

  /** Lets held answers go; returns how many. */
  release(): number {
    return this.#server.faults.release()
  }

  /** Something happens in the company. */
  edit(edit: LdapEdit): void {
    this.company.edit(edit)
  }

  /** The certificate of handshakes from now on. */
  useCertificate(kind: CertificateKind): void {
    if (!certificateKinds.includes(kind)) throw new Error(`A certificate is one of ${certificateKinds.join(', ')}`)
    this.#server.certificates.inUse = kind
  }

  /** A simple bind without TLS is refused in the product's words, or not. */
  demandTls(isDemanded = true): void {
    this.#server.demandsTls = isDemanded
  }

  /** Entries that a search without paging gives at most; `undefined` = no limit. */
  limitSize(entries: number | undefined): void {
    this.#server.sizeLimit = entries
  }

  /** The cookies of a listing are refused so long after its first page; `undefined` = as long as its connection lasts. */
  limitListings(ms: number | undefined): void {
    this.#server.listingLimitMs = ms
  }

  /** Every cookie given so far is refused. */
  expireCookies(): void {
    this.#server.expireCookies()
  }

  /** Ends every connection at once, as a restart does. */
  disconnectAll(): void {
    this.#server.disconnectAll()
  }

  /** Called after each page of a listing has left; may change the directory. `undefined` = nobody is told. */
  onPage(listener: ((event: PageEvent) => void) | undefined): void {
    this.#server.onPage = listener
  }

  counters(): LdapCounts {
    return this.#server.counters.report
  }

  /** Requests of one operation since the last reset. Throws for one that there is not: its count would be 0. */
  requests(operation: string): number {
    requireOperations(operation, ldapOperations)
    return this.#server.counters.requests(operation)
  }

  resetCounters(): void {
    this.#server.counters.reset()
  }

  /** The newest operations, oldest first; at most 2000. */
  log(last?: number): readonly LoggedOperation[] {
    return this.#server.counters.log(last)
  }

  /** No faults and limits of ours, the good certificate; held answers go. Entries and counters stay. */
  calm(): void {
    this.#server.faults.remove()
    this.#server.faults.release()
    this.#server.certificates.inUse = 'valid'
    this.#server.demandsTls = false
    this.#server.sizeLimit = this.#server.flavour.sizeLimit
    this.#server.listingLimitMs = undefined
    this.#server.onPage = undefined
  }

  routes(facts: () => unknown): Record<string, ControlHandler> {
    return {
      'GET /__sandbox/ldap': facts,
      'GET /__sandbox/ldap/counters': () => this.counters(),
      'POST /__sandbox/ldap/reset-counters': () => this.resetCounters(),
      'GET /__sandbox/ldap/operations': (call) => ({ operations: this.log(Number(call.query.get('last') ?? 2000)) }),
      'GET /__sandbox/ldap/faults': () => ({ faults: this.faults, held: this.held }),
      'POST /__sandbox/ldap/faults': (_, body) => ({ id: this.addFault(checkLdapFault(body)) }),
      'DELETE /__sandbox/ldap/faults': (call) => {
        const id = call.query.get('id')
        this.removeFault(id === null ? undefined : Number(id))
      },
      'POST /__sandbox/ldap/release': () => ({ released: this.release() }),
      'POST /__sandbox/ldap/edit': (_, body) => this.edit(body as unknown as LdapEdit),
      'POST /__sandbox/ldap/certificate': (_, body) => this.useCertificate(body.kind as CertificateKind),
      'POST /__sandbox/ldap/demand-tls': (_, body) => this.demandTls(body.demanded !== false),
      'POST /__sandbox/ldap/disconnect': () => this.disconnectAll(),
      'POST /__sandbox/ldap/expire-cookies': () => this.expireCookies(),
      'POST /__sandbox/ldap/calm': () => this.calm(),
    }
  }
}
