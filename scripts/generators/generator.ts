/** A file, or a part of one, that is made from the code. */
export interface Generator {
  /** Path from the root of the repository. */
  readonly file: string
  /** The whole new text; is given the present one ('' when there is none). Throws with all problems in one message. */
  make(present: string, root: string): string | Promise<string>
}
