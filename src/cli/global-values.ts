/** The options that every command takes, as they were typed. */
export interface GlobalValues {
  readonly config: string | undefined
  readonly dataDir: string | undefined
  readonly url: string | undefined
  readonly tokenFile: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly noColor: boolean
}
