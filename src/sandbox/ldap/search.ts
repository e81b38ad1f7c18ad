import { integer, octets, sequence } from '../asn1/ber.ts'
import { BerReader } from '../asn1/ber-reader.ts'
import { type Directory, isInScope } from './directory.ts'
import { type DirSyncRequest, isForEverybody, readDirSync } from './dirsync.ts'
import { type Dn, dnKey, isBelow, parseDn } from './dn.ts'
import type { Entry } from './entry.ts'
import { type Evaluated, fits, type Rules } from './evaluate.ts'
import { filterText } from './filter.ts'
import { dirSyncOid, showDeletedOid } from './flavours/active-directory-facts.ts'
import type { BindAccount, Flavour } from './flavours/flavour.ts'
import { keptListing, type Listing, walkingListing } from './listing.ts'
import { type Control, type Result, resultCodes, type SearchRequest } from './protocol.ts'
import type { Syntax } from './schema.ts'

const pagedResultsOid = '1.2.840.113556.1.4.319'
const domainScopeOid = '1.2.840.113556.1.4.1339'

/** A paged search under way on one connection. */
export interface PagedListing {
  readonly listing: Listing
  /** The request without its paging; the pages of a listing must not differ in it. */
  readonly fingerprint: string
  readonly cookie: string
  /** Pages given so far. */
  readonly pages: number
  readonly since: number
}

/** What a search comes to before a single entry is sent. */
export type Prepared =
  | { readonly kind: 'refused'; readonly result: Result }
  | { readonly kind: 'special'; readonly entry: 'rootDse' | 'subschema' }
  | { readonly kind: 'dirsync'; readonly request: DirSyncRequest; readonly finds: (entry: Entry) => boolean }
  | {
      readonly kind: 'listing'
      /** Undefined while a cookie is checked and found wanting. */
      readonly listing: Listing | undefined
      readonly paging: PagingRequest | undefined
      /** 1 for a search without paging too. */
      readonly page: number
      readonly fingerprint: string
      readonly references: readonly string[]
    }

export interface PagingRequest {
  readonly size: number
  /** Latin-1 text of the cookie's bytes; empty at the first page. */
  readonly cookie: string
}

export interface Searcher {
  readonly directory: Directory
  readonly flavour: Flavour
  /** Undefined = anonymous. */
  readonly account: BindAccount | undefined
  readonly pagedListings: ReadonlyMap<string, PagedListing>
  /** Keys of what this reader does not see, with everything below. */
  readonly hiddenBelow: readonly string[]
}

/** Checks a search and finds where its entries come from. Throws `BerError` for a control that cannot be read. */
export function prepareSearch(request: SearchRequest, controls: readonly Control[], searcher: Searcher): Prepared {
  const { directory, flavour, account } = searcher
  const refused = (result: Result): Prepared => ({ kind: 'refused', result })
  const unknown = controls.find(({ oid, isCritical }) => isCritical && !flavour.controls.includes(oid))
  if (unknown !== undefined) {
    return refused({
      code: resultCodes.unavailableCriticalExtension,
      message: `control ${unknown.oid} is not supported`,
    })
  }
  const base = parseDn(request.base)
  if (base === undefined) return refused({ code: resultCodes.invalidDnSyntax, message: 'invalid DN' })
  if (request.scope === 'base' && base.key === '') return { kind: 'special', entry: 'rootDse' }
  if (base.key === dnKey(flavour.subschemaDn)) return { kind: 'special', entry: 'subschema' }
  if (account === undefined) {
    if (flavour.anonymousSearch !== undefined) return refused(flavour.anonymousSearch)
    return { kind: 'listing', listing: emptyListing, paging: undefined, page: 1, fingerprint: '', references: [] }
  }
  const refusal = refuseBase(base, searcher)
  if (refusal !== undefined) return refused(refusal)

  const seesDeleted = controls.some(({ oid }) => oid === showDeletedOid || oid === dirSyncOid)
  const finds = makeFinder(request, base.key, seesDeleted, searcher)
  const dirSync = controls.find(({ oid }) => oid === dirSyncOid)
  if (dirSync !== undefined && flavour.controls.includes(dirSyncOid)) {
    return prepareDirSync(dirSync, base, finds, searcher)
  }
  const paging = readPaging(controls, flavour)
  if (paging !== undefined && 'code' in paging) return refused(paging)
  const fingerprint = JSON.stringify([
    base.key,
    request.scope,
    filterText(request.filter),
    request.attributes,
    request.typesOnly,
    seesDeleted,
  ])
  const takesReferences = request.scope === 'sub' && !controls.some(({ oid }) => oid === domainScopeOid)
  const references = takesReferences ? flavour.references(base.text) : []
  if (paging === undefined || paging.cookie === '') {
    const listing = (flavour.paging.keepsList ? keptListing : walkingListing)(directory, finds)
    return { kind: 'listing', listing, paging, page: 1, fingerprint, references }
  }
  const known = searcher.pagedListings.get(paging.cookie)
  const listing = known?.fingerprint === fingerprint ? known.listing : undefined
  return { kind: 'listing', listing, paging, page: (known?.pages ?? 0) + 1, fingerprint, references }
}

const emptyListing: Listing = { take: () => [], hasMore: false, upcoming: () => [] }

function refuseBase(base: Dn, { directory, flavour, hiddenBelow }: Searcher): Result | undefined {
  if (!flavour.namingContexts.some((context) => isBelow(base.key, dnKey(context)))) return flavour.outside(base.text)
  // Held from the root on; the root itself is no entry.
  if (base.key === '') return undefined
  const entry = directory.at(base.text)
  if (entry !== undefined && !hiddenBelow.some((key) => isBelow(entry.dn.key, key))) return undefined
  const nearest = directory.nearest(base)
  return { code: resultCodes.noSuchObject, ...(nearest === undefined ? {} : { matchedDn: nearest.dn.text }) }
}

function makeFinder(
  request: SearchRequest,
  baseKey: string,
  seesDeleted: boolean,
  { directory, flavour, account, hiddenBelow }: Searcher,
): (entry: Entry) => boolean {
  const { schema } = directory.keeping
  const hidden = new Set(account?.hidden.map((name) => name.toLowerCase()))
  let current: Entry | undefined
  // One object for all entries: a filter is asked tens of thousands of times.
  const evaluated: Evaluated = {
    get dn() {
      return current?.dn.text ?? ''
    },
    valuesOf: (name) =>
      current === undefined || hidden.has(name.toLowerCase()) ? [] : directory.valuesOf(current, name),
  }
  const rules: Rules = {
    schema,
    hasMicrosoftRules: flavour.hasMicrosoftRules,
    // Text has an order only in Active Directory; names, classes and truth values have none anywhere.
    hasOrder: (syntax) => !unordered.has(syntax) && (syntax !== 'text' || flavour.hasMicrosoftRules),
    reach: (_, attribute) => (current === undefined ? new Set() : directory.reach(current, attribute)),
  }
  return (entry) => {
    if (entry.isTombstone && !seesDeleted) return false
    if (!isInScope(entry, baseKey, request.scope)) return false
    if (hiddenBelow.some((key) => isBelow(entry.dn.key, key))) return false
    current = entry
    return fits(request.filter, evaluated, rules)
  }
}

const unordered = new Set<Syntax>(['dn', 'class', 'boolean', 'category'])

function prepareDirSync(control: Control, base: Dn, finds: (entry: Entry) => boolean, searcher: Searcher): Prepared {
  const { flavour, account } = searcher
  const refused = (code: number, message: string): Prepared => ({ kind: 'refused', result: { code, message } })
  if (base.key !== dnKey(flavour.baseDn)) {
    return refused(
      resultCodes.unwillingToPerform,
      '00002077: SvcErr: DSID-03140324, problem 5003 (WILL_NOT_PERFORM), data 0',
    )
  }
  const request = readDirSync(control)
  if ('code' in request) return { kind: 'refused', result: request }
  if (!isForEverybody(request) && account?.name !== 'admin') {
    return refused(
      resultCodes.insufficientAccessRights,
      '00002105: LdapErr: DSID-0C0909B4, comment: Error processing control, data 0, v4563',
    )
  }
  return { kind: 'dirsync', request, finds }
}

/** RFC 2696. Throws `BerError`. */
function readPaging(controls: readonly Control[], flavour: Flavour): PagingRequest | Result | undefined {
  const control = controls.find(({ oid }) => oid === pagedResultsOid)
  if (control === undefined || !flavour.controls.includes(pagedResultsOid)) return undefined
  const value = new BerReader(control.value ?? Buffer.of()).inside(0x30)
  const asked = value.integer()
  const cookie = value.bytes(0x04).toString('latin1')
  value.end()
  if (asked < 0) return { code: resultCodes.protocolError, message: 'the page size is below zero' }
  const { largestPage, tooLarge } = flavour.paging
  if (largestPage === undefined || asked <= largestPage) return { size: asked, cookie }
  if (tooLarge === 'lower') return { size: largestPage, cookie }
  return { code: resultCodes.adminLimitExceeded, message: '' }
}

/** The paging control of an answer; the estimate is left out, as servers do. */
export function pagingControl(cookie: string): Control {
  return {
    oid: pagedResultsOid,
    isCritical: false,
    value: sequence(integer(0), octets(Buffer.from(cookie, 'latin1'))),
  }
}
