import type { Caller, Handlers, Principal } from '../../contract/routes.ts'
import { fail, type Problem } from '../../domain/errors.ts'
import { isoTime } from '../../platform/clock.ts'
import type { User } from '../../ports/sign-in.ts'
import { checkOidc, type OidcSettings, oidcSchema } from '../auth-settings.ts'
import { rightsOf } from '../authority.ts'
import type { Document } from '../documents.ts'
import { secretState } from '../ends.ts'
import { findingsOf } from '../finding.ts'
import { withoutSealed } from '../objects.ts'
import { judgeSetting, type OwnSetting, removeSetting, saveSetting, type Wanted } from '../own-settings.ts'
import { settingFields } from '../setting-forms.ts'
import type { UseCase } from '../use-case.ts'
import { problemList } from '../views.ts'
import { everybody, hasAdministratorByPassword } from './administrators.ts'
import { callbackPath, type OidcDoors } from './oidc.ts'
import { createOidcClient, OidcFailure } from './oidc-client.ts'
import { oidcProblems } from './oidc-problems.ts'
import { externalUser, groupsIn, isNamed } from './oidc-roles.ts'

const secrets = ['clientSecret'] as const
const key = 'oidc'
const called = 'Single sign-on'
/** Settings that say who may do what: after a change of them nobody goes on with what the former ones gave. */
const whoMayWhat = /^(issuer|clientId|groupsClaim|roles):/

/** How people sign in by an identity provider: what the configuration file says, else what the store keeps (D17). */
export function singleSignOnUseCases(useCase: UseCase, doors: OidcDoors): Handlers['singleSignOn'] {
  const { store, clock } = useCase
  const setting: OwnSetting = {
    kind: 'sign-in',
    key,
    called,
    secrets,
    sentTo: ['issuer'],
    lists: { roles: ruleInWords },
    check(document) {
      const { data, error } = oidcSchema.safeParse(document)
      if (error !== undefined) return findingsOf(error.issues, oidcSchema, document)
      return checkOidc(data, doors.publicUrl(), { path: [], maySeal: true })
    },
  }

  /** Settings that are saved or not, ready to be tried, with the secrets that came with them. */
  const meant = async (given: Document | undefined): Promise<{ settings: OidcSettings; wanted?: Wanted }> => {
    if (given !== undefined) {
      const wanted = await judgeSetting(useCase, setting, given, 'tried')
      return { settings: oidcSchema.parse(wanted.document), wanted }
    }
    const settings = (await doors.open())?.settings
    if (settings === undefined) throw notSet()
    return { settings }
  }

  /** Their personal tokens may do what they themselves may, so that nothing of what they had is left. */
  const signOut = async (people: readonly User[], by: Principal) => {
    for (const { id } of people) {
      await store.signIn.users.dropGrants(id, by.name)
      await store.signIn.sessions.endAll(id)
    }
  }

  return {
    async get() {
      const kept = await store.settings.get('sign-in', key)
      const file = doors.fromFile()
      const publicUrl = doors.publicUrl()
      const form = { type: key, title: called, summary: '', fields: settingFields(oidcSchema, secrets) }
      const common = {
        form,
        redirectUri: publicUrl === undefined ? undefined : publicUrl.replace(/\/+$/, '') + callbackPath,
        isOverridden: file !== undefined && kept !== undefined,
      }
      if (file !== undefined) {
        const object = { key, owner: 'file' as const, document: { ...file } as Document }
        const secret = await secretState(useCase, 'sign-in', object, 'clientSecret')
        return { ...common, from: 'file', document: { ...object.document }, secret }
      }
      if (kept === undefined) return { ...common, from: 'none' }
      const secret = await secretState(useCase, 'sign-in', kept, 'clientSecret')
      const { version, savedAt, savedBy, document } = kept
      return {
        ...common,
        from: 'store',
        document: withoutSealed(document),
        secret,
        version,
        savedAt: isoTime(savedAt),
        savedBy,
      }
    },

    async put({ principal }, { body: { document, dryRun = false, basedOn } }) {
      if (doors.fromFile() !== undefined) throw isManagedByFile()
      const wanted = await judgeSetting(useCase, setting, document)
      const isOther = wanted.changes.some((each) => whoMayWhat.test(each))
      const others = isOther && wanted.before !== undefined ? await peopleOfProvider(useCase, principal) : []
      const settings = oidcSchema.parse(wanted.document)
      const hasOther = await hasAdministratorByPassword(useCase)
      if (!hasOther && wanted.changes.length > 0) refuseLockout(principal, settings, doors)
      const warnings = warningsAbout(principal, settings, doors, hasOther)
      if (others.length > 0) {
        const count = others.length === 1 ? 'One person' : `${others.length} people`
        warnings.push({
          message: `${count} who came by single sign-on must sign in again, and then hold what the new settings give.`,
        })
      }
      const version = await saveSetting(useCase, principal, wanted, { basedOn, dryRun })
      if (!dryRun) await signOut(others, principal)
      return {
        saved: !dryRun,
        version,
        isNew: wanted.before === undefined,
        changes: [...wanted.changes],
        warnings: problemList(warnings),
      }
    },

    async delete({ principal }) {
      if (doors.fromFile() !== undefined) throw isManagedByFile()
      if ((await store.settings.get('sign-in', key)) === undefined) throw notSet()
      if (!(await hasAdministratorByPassword(useCase))) {
        throw fail.conflict('Single sign-on stays: nobody with a password is an administrator.', {
          hint: 'Make one first, or nobody could change anything here any more: muster users add <name> --role admin',
        })
      }
      await removeSetting(useCase, principal, 'sign-in', key)
      await signOut(await peopleOfProvider(useCase, principal), principal)
      return { removed: true }
    },

    async tryClaims({ principal }, { body: { document, claims: given } }) {
      const { settings } = await meant(document)
      const claims = given ?? ownClaims(doors, principal)
      const groups = groupsIn(claims, settings.groupsClaim)
      const sub = typeof claims.sub === 'string' ? claims.sub : ''
      const user = externalUser(settings, { ...claims, sub })
      const problem =
        groups === undefined
          ? oidcProblems['oidc-groups']
          : user?.grants.length === 0
            ? oidcProblems['oidc-no-role']
            : undefined
      return {
        claims: given === undefined ? 'own' : 'given',
        userName: user?.userName ?? '',
        displayName: user?.displayName,
        groups: [...(groups ?? [])],
        rules: settings.roles.map(({ group }) => ({ group, fits: isNamed(groups ?? [], group) })),
        grants: (user?.grants ?? []).map((each) => ({ ...each })),
        problem,
      }
    },

    async tryProvider({ principal }, { body: { document } }) {
      const { settings, wanted } = await meant(document)
      await useCase.audit(principal, 'sign-in.try', settings.issuer)
      const owner = document === undefined && doors.fromFile() !== undefined ? 'file' : 'store'
      const client = createOidcClient(
        settings,
        useCase.placesFor({ owner }),
        clock.now,
        wanted?.values.get('clientSecret'),
      )
      try {
        await client.begin(`${doors.publicUrl() ?? ''}${callbackPath}`)
        return { reached: true }
      } catch (thrown) {
        if (!(thrown instanceof OidcFailure)) throw thrown
        const { message, hint } = oidcProblems[thrown.problem]
        return { reached: false, problem: { message: `${message} ${thrown.message}`.trim(), hint } }
      }
    },
  }
}

/** `muster-admins gives admin, approver` or `staff/operators gives operator on staff` */
function ruleInWords(rule: unknown): string {
  const { group, roles, connections } = rule as Partial<OidcSettings['roles'][number]>
  return `${group} gives ${(roles ?? []).join(', ')}${connections === undefined ? '' : ` on ${connections.join(', ')}`}`
}

function notSet() {
  return fail.notFound('Nobody signs in here by an identity provider.', { hint: 'Save the settings first.' })
}

function isManagedByFile() {
  return fail.notWritable('Single sign-on is managed by the configuration file.', {
    hint: 'Change auth.oidc there and start Muster again, or take it out of the file.',
  })
}

function ownClaims(doors: OidcDoors, { user, name }: Caller['principal']) {
  const claims = user === undefined ? undefined : doors.lastClaims(user.id)
  if (claims !== undefined) return claims
  throw fail.notFound(`It is not known what the provider says of ${name}.`, {
    hint: 'It is known after a sign-in by the provider, until this server is started again. Or hand over claims.',
  })
}

/** Whoever came by the provider, but for the person who changes the settings. */
async function peopleOfProvider(useCase: UseCase, { user }: Principal): Promise<readonly User[]> {
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
