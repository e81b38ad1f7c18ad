import { dirSyncRound } from './dirsync.ts'
import { dnKey } from './dn.ts'
import type { Entry } from './entry.ts'
import type { LdapFault } from './faults.ts'
import { filterText } from './filter.ts'
import type { Listing } from './listing.ts'
import {
  answerTags,
  type Control,
  entryMessage,
  type Message,
  type Result,
  type ResultAttribute,
  referenceMessage,
  resultCodes,
  resultMessage,
  type SearchRequest,
} from './protocol.ts'
import { type PagedListing, type Prepared, pagingControl, prepareSearch } from './search.ts'
import type { SearchHost } from './search-host.ts'
import { select, type View } from './select.ts'
import { answerId, type OperationState, type Session } from './session.ts'
import { specialEntry } from './special-entries.ts'

type ListingPrepared = Extract<Prepared, { readonly kind: 'listing' }>

/** What is sent for one search request, in order. */
interface Answer {
  readonly entries: readonly Entry[]
  readonly references: readonly string[]
  readonly result: Result
  readonly controls: readonly Control[]
}

const nothing = { entries: [], references: [], controls: [] } as const

/** One search, or one page of one: found, damaged by faults, sent. */
export class SearchAnswer {
  readonly #server: SearchHost
  readonly #session: Session
  readonly #id: number
  readonly #request: SearchRequest
  readonly #controls: readonly Control[]
  readonly #operation: OperationState
  readonly #startedAt: number
  #faults: readonly LdapFault[] = []
  #sent = 0

  constructor(
    server: SearchHost,
    session: Session,
    message: Message & { readonly request: SearchRequest },
    operation: OperationState,
  ) {
    this.#server = server
    this.#session = session
    this.#id = message.id
    this.#request = message.request
    this.#controls = message.controls
    this.#operation = operation
    this.#startedAt = server.clock.now()
  }

  async give(): Promise<void> {
    const prepared = this.#prepare()
    const paging = prepared.kind === 'listing' ? prepared.paging : undefined
    const page = prepared.kind === 'listing' ? prepared.page : 1
    const { base, filter, attributes } = this.#request
    this.#faults = this.#server.strike('search', [base, filterText(filter), attributes.join(' ')], (fault) => {
      if (fault.page !== undefined && fault.page !== page) return false
      if (fault.kind === 'refuse-cookie') return paging !== undefined && paging.cookie !== ''
      return fault.kind === 'empty-page' || fault.kind === 'remove-next' ? paging !== undefined : true
    })
    const { goesOn, result } = await this.#server.sufferBefore(
      this.#session,
      this.#id,
      answerTags.searchDone,
      this.#faults,
      this.#operation,
    )
    if (!goesOn) return this.#log(undefined)
    if (result !== undefined) return this.#send({ ...nothing, result })
    if (this.#isLate) return this.#send({ ...nothing, result: { code: resultCodes.timeLimitExceeded } })
    switch (prepared.kind) {
      case 'refused':
        return this.#send({ ...nothing, result: prepared.result })
      case 'special':
        return this.#sendSpecial(prepared.entry)
      case 'dirsync':
        return this.#sendDirSync(prepared)
      case 'listing':
        return paging === undefined
          ? this.#send(this.#wholeAnswer(prepared))
          : this.#sendPage(prepared, paging.size, paging.cookie)
    }
  }

  #prepare(): Prepared {
    const { directory, flavour } = this.#server
    const hiddenBelow = this.#server.faults.list.flatMap(({ fault }) =>
      fault.kind === 'hide-below' ? fault.dns.map(dnKey) : [],
    )
    const { account, listings } = this.#session
    return prepareSearch(this.#request, this.#controls, {
      directory,
      flavour,
      account,
      pagedListings: this.#withoutOld(listings),
      hiddenBelow,
    })
  }

  #withoutOld(listings: ReadonlyMap<string, PagedListing>): ReadonlyMap<string, PagedListing> {
    const { listingLimitMs, clock } = this.#server
    if (listingLimitMs === undefined) return listings
    return new Map([...listings].filter(([, { since }]) => clock.now() - since <= listingLimitMs))
  }

  get #isLate(): boolean {
    const { timeLimit } = this.#request
    return timeLimit > 0 && this.#server.clock.now() - this.#startedAt > timeLimit * 1000
  }

  #fault<Kind extends LdapFault['kind']>(kind: Kind): Extract<LdapFault, { readonly kind: Kind }> | undefined {
    return this.#faults.find((fault) => fault.kind === kind) as Extract<LdapFault, { readonly kind: Kind }> | undefined
  }

  /** Without paging: everything, up to the client's limit and the server's. */
  #wholeAnswer({ listing, references }: ListingPrepared): Answer {
    if (listing === undefined) return { ...nothing, result: { code: resultCodes.operationsError } }
    const limits = [
      this.#request.sizeLimit || Number.POSITIVE_INFINITY,
      this.#server.sizeLimit ?? Number.POSITIVE_INFINITY,
    ]
    const cut = this.#fault('cut-page')
    const most = cut === undefined ? Math.min(...limits) : (cut.keep ?? 0)
    const entries = listing.take(most)
    const isCut = cut === undefined && listing.hasMore
    return {
      entries: this.#withDuplicates(entries),
      references: isCut ? [] : references,
      result: { code: isCut ? resultCodes.sizeLimitExceeded : resultCodes.success },
      controls: [],
    }
  }

  async #sendPage(prepared: ListingPrepared, size: number, cookie: string): Promise<void> {
    const { listings } = this.#session
    const { paging } = this.#server.flavour
    const known = listings.get(cookie)
    listings.delete(cookie)
    const refusal = this.#fault('refuse-cookie')
    const { listing } = prepared
    if (listing === undefined || refusal !== undefined) {
      const { code = paging.refusal.code, message = paging.refusal.message ?? '' } = refusal ?? {}
      return this.#send({ ...nothing, result: { code, message } })
    }
    // A size of zero with a cookie gives the listing up, RFC 2696, 3.
    if (size === 0) return this.#send({ ...nothing, result: { code: 0 }, controls: [pagingControl('')] })
    this.#server.counters.pages++
    const left = this.#request.sizeLimit === 0 ? size : Math.min(size, this.#request.sizeLimit)
    const cut = this.#fault('cut-page')
    const isEmpty = this.#fault('empty-page') !== undefined
    const entries = isEmpty ? [] : listing.take(cut === undefined ? left : (cut.keep ?? 0))
    const hasMore = cut === undefined && listing.hasMore
    const next = hasMore ? this.#server.nextCookie() : ''
    if (hasMore) {
      const { fingerprint, page } = prepared
      const since = known?.since ?? this.#server.clock.now()
      listings.set(next, { listing, fingerprint, cookie: next, pages: page, since })
      for (const old of [...listings.keys()].slice(0, -paging.perConnection)) listings.delete(old)
    }
    await this.#send({
      entries: this.#withDuplicates(entries),
      references: hasMore ? [] : prepared.references,
      result: { code: resultCodes.success },
      controls: [pagingControl(next)],
    })
    this.#removeNext(listing)
    this.#server.onPage?.({
      base: this.#request.base,
      filter: filterText(this.#request.filter),
      page: prepared.page,
      dns: entries.map(({ dn }) => dn.text),
    })
  }

  #withDuplicates(entries: readonly Entry[]): readonly Entry[] {
    const fault = this.#fault('duplicate-entries')
    return fault === undefined ? entries : [...entries, ...entries.slice(0, fault.count ?? 1)]
  }

  #removeNext(listing: Listing): void {
    const fault = this.#fault('remove-next')
    if (fault === undefined) return
    for (const entry of listing.upcoming(fault.count)) this.#server.directory.remove(entry.dn.text)
  }

  async #sendSpecial(which: 'rootDse' | 'subschema'): Promise<void> {
    const { dn, attributes } = specialEntry(which, this.#request, this.#server)
    await this.#session.write(entryMessage(answerId(this.#id, this.#faults), dn, attributes))
    this.#sent++
    await this.#end({ code: resultCodes.success }, [])
  }

  async #sendDirSync({ request, finds }: Extract<Prepared, { readonly kind: 'dirsync' }>): Promise<void> {
    const round = dirSyncRound(request, this.#server.directory, finds, (entry) => this.#select(entry))
    const id = answerId(this.#id, this.#faults)
    for (const { entry, attributes } of round.entries) {
      await this.#session.write(entryMessage(id, entry.dn.text, attributes))
      this.#sent++
    }
    await this.#end({ code: resultCodes.success }, [round.control])
  }

  #select(entry: Entry): ResultAttribute[] {
    const { directory, flavour } = this.#server
    return select(entry, this.#request, directory, flavour, this.#view)
  }

  get #view(): View {
    const hidden = new Set(this.#session.account?.hidden.map((name) => name.toLowerCase()))
    for (const fault of this.#faults) {
      if (fault.kind === 'hide-attributes') for (const name of fault.attributes) hidden.add(name.toLowerCase())
    }
    const halfValues = this.#fault('half-values')
    const halfValue = this.#fault('half-value')?.attribute.toLowerCase()
    return {
      hidden,
      ...(halfValues === undefined
        ? {}
        : { halfValues: { attribute: halfValues.attribute.toLowerCase(), says: halfValues.says ?? 'complete' } }),
      ...(halfValue === undefined ? {} : { halfValue }),
    }
  }

  async #send({ entries, references, result, controls }: Answer): Promise<void> {
    const id = answerId(this.#id, this.#faults)
    const { directory, flavour } = this.#server
    const close = this.#fault('close')
    const breakOff = this.#faults.find((fault) => fault.kind === 'result' && fault.afterEntries !== undefined)
    const view = this.#view
    for (const entry of entries) {
      if (this.#operation.isAbandoned) return this.#log(undefined)
      if (entry.isRemoved) continue
      const bytes = entryMessage(id, entry.dn.text, select(entry, this.#request, directory, flavour, view))
      if (close?.afterEntries === this.#sent) return this.#breakConnection(bytes, close.midMessage === true)
      if (breakOff?.kind === 'result' && breakOff.afterEntries === this.#sent) {
        return this.#end({ code: breakOff.code, message: breakOff.message ?? '' }, [])
      }
      await this.#session.write(bytes)
      this.#sent++
    }
    const further = this.#fault('references')?.uris ?? []
    for (const uri of [...references, ...further]) await this.#session.write(referenceMessage(id, [uri]))
    if (close !== undefined)
      return this.#breakConnection(resultMessage(id, answerTags.searchDone, result), close.midMessage === true)
    if (breakOff?.kind === 'result') return this.#end({ code: breakOff.code, message: breakOff.message ?? '' }, [])
    await this.#end(result, controls)
  }

  async #breakConnection(next: Buffer, midMessage: boolean): Promise<void> {
    this.#log(undefined)
    await this.#session.reset(midMessage ? next.subarray(0, Math.ceil(next.length / 2)) : undefined)
  }

  async #end(result: Result, controls: readonly Control[]): Promise<void> {
    if (this.#operation.isAbandoned) return this.#log(undefined)
    if (this.#fault('no-end') !== undefined) return this.#log(undefined)
    this.#log(result.code)
    await this.#session.write(resultMessage(answerId(this.#id, this.#faults), answerTags.searchDone, result, controls))
  }

  #log(code: number | undefined): void {
    const { base, scope, filter, attributes } = this.#request
    const detail = `${scope} "${base}" ${filterText(filter)} ${attributes.join(' ')}`
    this.#server.counters.answered({
      at: this.#server.clock.now(),
      operation: 'search',
      detail,
      code,
      entries: this.#sent,
    })
  }
}
