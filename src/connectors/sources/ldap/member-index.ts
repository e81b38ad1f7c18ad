import { foldKey, type MemberRef } from '../../../domain/identity.ts'
import { normalDn } from '../../kit/dn.ts'

/**
 * Who is meant by a name in a member list. Servers nearly always spell a member as they spell the entry, so `find` compares
 * the spelling as it came; `findAnySpelling` compares by parts (RFC 4514), which is dear.
 */
export class MemberIndex {
  readonly #exact = new Map<string, MemberRef>()
  /** By normal form; made when the first odd spelling is looked up. */
  #normal: Map<string, MemberRef> | undefined
  #containers: Set<string> | undefined

  add(dn: string, member: MemberRef): void {
    this.#exact.set(dn, member)
    this.#normal?.set(normalDn(dn), member)
  }

  find(dn: string): MemberRef | undefined {
    return this.#exact.get(dn)
  }

  findAnySpelling(dn: string): MemberRef | undefined {
    return this.#byNormalName().get(normalDn(dn))
  }

  /** True when the name lies in the same container as somebody who is known. */
  isBesideOthers(dn: string): boolean {
    this.#containers ??= new Set([...this.#byNormalName().keys()].map(containerOf))
    return this.#containers.has(containerOf(normalDn(dn)))
  }

  #byNormalName(): Map<string, MemberRef> {
    this.#normal ??= new Map(Array.from(this.#exact, ([exact, each]) => [normalDn(exact), each]))
    return this.#normal
  }
}

/** Everything behind the first part of a name in normal form, where a comma inside a value has a backslash before it. */
function containerOf(normal: string): string {
  return normal.replace(/^(?:\\.|[^\\,])*,?/, '')
}

/** People by login, for groups that list logins (`memberUid`, RFC 2307). */
export class LoginIndex {
  readonly #byLogin = new Map<string, MemberRef | 'several'>()

  add(login: string, member: MemberRef): void {
    const key = foldKey(login)
    const known = this.#byLogin.get(key)
    this.#byLogin.set(key, known === undefined || known === member ? member : 'several')
  }

  /** Undefined also when several people have the login: nobody is guessed. */
  find(login: string): MemberRef | undefined {
    const found = this.#byLogin.get(foldKey(login))
    return found === 'several' ? undefined : found
  }
}
