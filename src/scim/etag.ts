import { scimFault } from './error.ts'

/** The version of a resource as a weak entity tag: projections of one version differ in their bytes (RFC 7644 section 3.14). */
export function etagOf(version: number): string {
  return `W/"${version}"`
}

/** Whether one of the tags of an `If-None-Match` names the version, so that 304 is the answer. */
export function isUnmodified(ifNoneMatch: string | undefined, version: number): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, version)
}

/** Throws 412 when an `If-Match` names only other versions. */
export function assertVersion(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || names(ifMatch, version)) return
  throw scimFault.preconditionFailed(`The resource is at version ${etagOf(version)} now; read it again.`)
}

/** Weak comparison (RFC 9110 section 8.8.3.2), also of tags somebody stripped of their quotes. */
function names(header: string, version: number): boolean {
  return header.split(',').some((tag) => {
    const text = tag.trim()
    return text === '*' || text.replace(/^W\//i, '').replace(/^"(.*)"$/, '$1') === String(version)
  })
}
