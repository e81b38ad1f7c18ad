import {
  type ChannelSettings,
  channelSecrets,
  type NotificationSettings,
  notificationsSchema,
} from '../domain/notifications.ts'
import { type Finding, findingsOf, type Path } from './finding.ts'
import { checkReference } from './secret-reference.ts'

/** Top-level `notifications`: each channel fits, and its secrets are references; where a file keeps them, to what lies outside of the store. */
export function checkNotifications(
  value: unknown,
  place: { readonly maySeal: boolean },
): {
  readonly findings: readonly Finding[]
  readonly settings: NotificationSettings | undefined
} {
  const parsed = notificationsSchema.safeParse(value)
  if (!parsed.success) {
    const findings = findingsOf(parsed.error.issues, notificationsSchema, value, ['notifications'])
    return { findings, settings: undefined }
  }
  const findings = Object.entries(parsed.data).flatMap(([name, settings]) =>
    checkChannel(settings, ['notifications', name], place),
  )
  return { findings, settings: parsed.data }
}

/** What no schema can say of one channel. Secrets may be sealed in the store only where the store keeps the channel. */
export function checkChannel(
  settings: ChannelSettings,
  path: Path,
  { maySeal }: { readonly maySeal: boolean },
): readonly Finding[] {
  const findings: Finding[] = []
  for (const field of channelSecrets[settings.type]) {
    const given = (settings as Readonly<Record<string, unknown>>)[field]
    if (given === undefined) continue
    const wrong = checkReference(given, [...path, field])
    if (wrong !== undefined) findings.push(wrong)
    else if ('sealed' in (given as object) && !maySeal) {
      findings.push({
        path: [...path, field],
        message: 'cannot be sealed in the store: it belongs to the configuration file',
        hint: 'Write { env: NAME } or { file: /path/to/secret }.',
      })
    }
  }
  if (settings.type === 'webhook' && hasUser(settings.url)) {
    findings.push({
      path: [...path, 'url'],
      message: 'holds a name or password, which would not be sent; messages are signed with the secret instead',
    })
  }
  if (settings.type === 'smtp' && (settings.user === undefined) !== (settings.password === undefined)) {
    findings.push({ path, message: 'needs user and password together, or neither' })
  }
  return findings
}

function hasUser(address: string): boolean {
  const { username, password } = new URL(address)
  return username !== '' || password !== ''
}
