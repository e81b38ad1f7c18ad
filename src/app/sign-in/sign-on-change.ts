import { isDeepStrictEqual } from 'node:util'
import type { Principal } from '../../contract/routes.ts'
import { fail, type Problem } from '../../domain/errors.ts'
import type { User } from '../../ports/sign-in.ts'
import { checkOidc, type OidcSettings, oidcSchema } from '../auth-settings.ts'
import { rightsOf } from '../authority.ts'
import { findingsOf } from '../finding.ts'
import {
  type JudgeImport,
  judgeSetting,
  missingSecrets,
  type OwnSetting,
  saveSetting,
  stateOf,
  type Wanted,
} from '../own-settings.ts'
import type { UseCase } from '../use-case.ts'
import { everybody, hasAdministratorByPassword } from './administrators.ts'
import type { OidcDoors } from './oidc.ts'
import { externalUser } from './oidc-roles.ts'

export const signOnSecrets = ['clientSecret'] as const
export const signOnKey = 'oidc'
/** As messages and forms call it. */
export const signOnName = 'Single sign-on'
/** Settings that say who may do what: after a change of them nobody goes on with what the former ones gave. */
const whoMayWhat = /^(issuer|clientId|groupsClaim|roles):/

/** Single sign-on that a configuration brings. What the configuration file has the same way is left as it is. */
export function signOnImport(useCase: UseCase, doors: OidcDoors): JudgeImport {
  return async (principal, _key, document, publicUrl) => {
    const setting = signOnSetting(() => doors.publicUrl() ?? publicUrl)
    const wanted = await judgeSetting(useCase, setting, document, 'imported')
    const state = stateOf(wanted)
    const file = doors.fromFile()
    if (state !== 'unchanged' && file !== undefined) {
      if (!isDeepStrictEqual(file, oidcSchema.parse(document))) throw isManagedByFile()
      return {
        kind: 'sign-in',
        key: signOnKey,
        state: 'unchanged',
        changes: [],
        warnings: [],
        save: async () => undefined,
      }
    }
    const { warnings, others } = await consequences(useCase, principal, wanted, doors)
    const isReachable = doors.publicUrl() !== undefined
    return {
      kind: 'sign-in',
      key: signOnKey,
      state,
      changes: wanted.changes,
      warnings: [
        ...(state === 'unchanged' ? [] : warnings),
        ...missingSecrets(wanted, 'muster single-sign-on put'),
        ...(isReachable
          ? []
          : [{ message: `${signOnName} rests until server.publicUrl stands in the file Muster is started with.` }]),
      ],
      save: async () => {
        await saveSetting(useCase, principal, wanted, { basedOn: wanted.before?.version ?? 0, dryRun: false })
        await signOut(useCase, others, principal)
      },
    }
  }
}

export function signOnSetting(publicUrl: () => string | undefined): OwnSetting {
  return {
    kind: 'sign-in',
    key: signOnKey,
    called: signOnName,
    secrets: signOnSecrets,
    sentTo: ['issuer'],
    lists: { roles: ruleInWords },
    check(document) {
      const { data, error } = oidcSchema.safeParse(document)
      if (error !== undefined) return findingsOf(error.issues, oidcSchema, document)
      return checkOidc(data, publicUrl(), { path: [], maySeal: true })
    },
  }
}

/** Whom a save signs out, and what it may shut out. Throws `conflict` when nobody would be left who can administer. */
export async function consequences(useCase: UseCase, principal: Principal, wanted: Wanted, doors: OidcDoors) {
  const { before, changes, document } = wanted
  const isOther = changes.some((each) => whoMayWhat.test(each))
  const others = isOther && before !== undefined ? await peopleOfProvider(useCase, principal) : []
  const settings = oidcSchema.parse(document)
  const hasOther = await hasAdministratorByPassword(useCase)
  if (!hasOther && changes.length > 0) refuseLockout(principal, settings, doors)
  const warnings = warningsAbout(principal, settings, doors, hasOther)
  if (others.length > 0) {
    const count = others.length === 1 ? 'One person' : `${others.length} people`
    warnings.push({
      message: `${count} who came by single sign-on must sign in again, and then hold what the new settings give.`,
    })
  }
  return { warnings, others }
}

/** Their personal tokens may do what they themselves may, so that nothing of what they had is left. */
export async function signOut({ store }: UseCase, people: readonly User[], by: Principal): Promise<void> {
  for (const { id } of people) {
    await store.signIn.users.dropGrants(id, by.name)
    await store.signIn.sessions.endAll(id)
  }
}

/** `muster-admins gives admin, approver` or `staff/operators gives operator on staff` */
function ruleInWords(rule: unknown): string {
  const { group, roles, connections } = rule as Partial<OidcSettings['roles'][number]>
  return `${group} gives ${(roles ?? []).join(', ')}${connections === undefined ? '' : ` on ${connections.join(', ')}`}`
}

export function isManagedByFile() {
  return fail.notWritable('Single sign-on is managed by the configuration file.', {
    hint: 'Change auth.oidc there and start Muster again, or take it out of the file.',
  })
}

/** Whoever came by the provider, but for the person who changes the settings. */
export async function peopleOfProvider(useCase: UseCase, { user }: Principal): Promise<readonly User[]> {
  return (await everybody(useCase)).filter(({ id, kind }) => kind === 'oidc' && id !== user?.id)
}

/** What the rules would give whoever changes them, by their own last sign-in; undefined when that is not known. */
function wouldAdminister({ user, name }: Principal, settings: OidcSettings, doors: OidcDoors): boolean | undefined {
  const claims = user === undefined || !name.startsWith('sso:') ? undefined : doors.lastClaims(user.id)
  if (claims === undefined) return undefined
  return rightsOf(externalUser(settings, claims)?.grants ?? []).roles.includes('admin')
}

function givesAdmin({ roles: rules }: OidcSettings): boolean {
  return rules.some(({ roles, connections }) => roles.includes('admin') && connections === undefined)
}

/** Nobody with a password administers: rules that surely leave no administrator are not saved. Throws `conflict`. */
function refuseLockout(principal: Principal, settings: OidcSettings, doors: OidcDoors): void {
  const why = !givesAdmin(settings)
    ? 'no rule makes anybody an administrator everywhere'
    : wouldAdminister(principal, settings, doors) === false
      ? 'by what the provider said of you at your last sign-in, you would not be an administrator any more'
      : undefined
  if (why === undefined) return
  throw fail.conflict(
    `Single sign-on stays as it is: ${why}, and nobody with a password is one; nobody could administer Muster.`,
    {
      hint: 'Make an administrator with a password first: muster users add <name> --role admin',
    },
  )
}

/** What is legal and may shut administrators out. */
function warningsAbout(principal: Principal, settings: OidcSettings, doors: OidcDoors, hasOther: boolean): Problem[] {
  const warnings: Problem[] = []
  if (!givesAdmin(settings)) warnings.push({ message: 'No rule makes anybody an administrator everywhere.' })
  if (!hasOther) {
    warnings.push({
      message:
        'Nobody with a password is an administrator: if the provider lets no administrator in, only the command line on the server can help.',
      hint: 'Make one for emergencies: muster users add <name> --role admin',
    })
  }
  if (wouldAdminister(principal, settings, doors) === false) {
    warnings.push({
      message: 'By what the provider said of you at your last sign-in, you would not be an administrator any more.',
    })
  }
  return warnings
}
