import { fail } from '../domain/errors.ts'
import { type ChannelSettings, type NotificationSettings, notificationsSchema } from '../domain/notifications.ts'
import type { Clock } from '../platform/clock.ts'
import { Secret } from '../platform/secret.ts'
import type { Channel } from '../ports/channel.ts'
import type { Installation } from './installation.ts'

/** Channels that can be used, and one sentence for each that cannot. */
export interface Channels {
  readonly channels: readonly Channel[]
  readonly problems: readonly string[]
}

/** Makes channels of their settings; the program knows how each type of them speaks. */
export type OpenChannels = (opening: {
  readonly settings: NotificationSettings
  readonly secretOf: (channel: string, field: string, reference: unknown) => Promise<Secret | string>
  readonly consoleUrl: string | undefined
  readonly clock: Clock
}) => Promise<Channels>

export interface ChannelBookOptions {
  readonly installation: Installation
  readonly open: OpenChannels
  /** Those of the configuration file, opened when the program started. */
  readonly fromFile: () => Channels
  /** What the configuration file says of them. */
  readonly settingsInFile?: () => NotificationSettings
  readonly consoleUrl: () => string | undefined
}

/** Ways to people: those of the configuration file and those that the store keeps. What the file names, the file decides. */
export interface ChannelBook {
  /** As they are at this moment, whichever process saved them. */
  opened(): Promise<Channels>
  isFromFile(name: string): boolean
  settingsFromFile(name: string): ChannelSettings | undefined
  /** One with settings that are saved nowhere; `given` are secrets that came with them. Throws `config-invalid`. */
  tried(name: string, settings: ChannelSettings, given: ReadonlyMap<string, string>): Promise<Channel>
}

export function createChannelBook({
  installation,
  open,
  fromFile,
  settingsInFile = () => ({}),
  consoleUrl,
}: ChannelBookOptions): ChannelBook {
  const { store, clock } = installation
  const isFromFile = (name: string) => {
    const { channels, problems } = fromFile()
    return (
      channels.some(({ channel }) => channel === name) || problems.some((each) => each.startsWith(`${placeOf(name)}:`))
    )
  }
  const opening = (settings: NotificationSettings, given: ReadonlyMap<string, string>) =>
    open({
      settings,
      secretOf: async (name, field, reference) => {
        const own = given.get(field)
        return own === undefined ? installation.settingSecret('channel', name, field, reference) : new Secret(own)
      },
      consoleUrl: consoleUrl(),
      clock,
    })

  return {
    isFromFile,
    settingsFromFile: (name) => settingsInFile()[name],
    async opened() {
      const { channels, problems } = fromFile()
      const kept = (await store.settings.list()).filter(({ kind }) => kind === 'channel')
      if (kept.length === 0) return { channels, problems }
      const settings: Record<string, ChannelSettings> = {}
      const wrong: string[] = []
      for (const { key, document } of kept) {
        const parsed = notificationsSchema.safeParse({ [key]: document }).data?.[key]
        if (isFromFile(key)) wrong.push(`${placeOf(key)} is kept here, too; what the configuration file says counts.`)
        else if (parsed === undefined) wrong.push(`${placeOf(key)}: its settings do not fit any more; save it anew.`)
        else settings[key] = parsed
      }
      const own = await opening(settings, new Map())
      return { channels: [...channels, ...own.channels], problems: [...problems, ...wrong, ...own.problems] }
    },
    async tried(name, settings, given) {
      const { channels, problems } = await opening({ [name]: settings }, given)
      const [channel] = channels
      if (channel !== undefined) return channel
      throw fail.configInvalid(problems[0] ?? `The channel "${name}" cannot be used.`)
    },
  }
}

/** As a problem names the channel. */
export function placeOf(name: string): string {
  return `notifications.${name}`
}
