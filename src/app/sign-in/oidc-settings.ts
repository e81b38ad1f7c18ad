import type { Caller, Handlers } from '../../contract/routes.ts'
import { fail } from '../../domain/errors.ts'
import { isoTime } from '../../platform/clock.ts'
import { type OidcSettings, oidcSchema } from '../auth-settings.ts'
import type { Document } from '../documents.ts'
import { secretState } from '../ends.ts'
import { withoutSealed } from '../objects.ts'
import { judgeSetting, removeSetting, saveSetting, type Wanted } from '../own-settings.ts'
import { settingFields } from '../setting-forms.ts'
import type { UseCase } from '../use-case.ts'
import { problemList } from '../views.ts'
import { hasAdministratorByPassword } from './administrators.ts'
import { callbackPath, type OidcDoors } from './oidc.ts'
import { createOidcClient, OidcFailure } from './oidc-client.ts'
import { oidcProblems } from './oidc-problems.ts'
import { externalUser, groupsIn, isNamed } from './oidc-roles.ts'
import {
  consequences,
  isManagedByFile,
  peopleOfProvider,
  signOnKey,
  signOnName,
  signOnSecrets,
  signOnSetting,
  signOut,
} from './sign-on-change.ts'

/** How people sign in by an identity provider: what the configuration file says, else what the store keeps (D17). */
export function singleSignOnUseCases(useCase: UseCase, doors: OidcDoors): Handlers['singleSignOn'] {
  const { store, clock } = useCase
  const setting = signOnSetting(() => doors.publicUrl())

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

  return {
    async get() {
      const kept = await store.settings.get('sign-in', signOnKey)
      const file = doors.fromFile()
      const publicUrl = doors.publicUrl()
      const form = { type: signOnKey, title: signOnName, summary: '', fields: settingFields(oidcSchema, signOnSecrets) }
      const common = {
        form,
        redirectUri: publicUrl === undefined ? undefined : publicUrl.replace(/\/+$/, '') + callbackPath,
        isOverridden: file !== undefined && kept !== undefined,
      }
      if (file !== undefined) {
        const object = { key: signOnKey, owner: 'file' as const, document: { ...file } as Document }
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
      const { warnings, others } = await consequences(useCase, principal, wanted, doors)
      const version = await saveSetting(useCase, principal, wanted, { basedOn, dryRun })
      if (!dryRun) await signOut(useCase, others, principal)
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
      if ((await store.settings.get('sign-in', signOnKey)) === undefined) throw notSet()
      if (!(await hasAdministratorByPassword(useCase))) {
        throw fail.conflict('Single sign-on stays: nobody with a password is an administrator.', {
          hint: 'Make one first, or nobody could change anything here any more: muster users add <name> --role admin',
        })
      }
      await removeSetting(useCase, principal, 'sign-in', signOnKey)
      await signOut(useCase, await peopleOfProvider(useCase, principal), principal)
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

function notSet() {
  return fail.notFound('Nobody signs in here by an identity provider.', { hint: 'Save the settings first.' })
}

function ownClaims(doors: OidcDoors, { user, name }: Caller['principal']) {
  const claims = user === undefined ? undefined : doors.lastClaims(user.id)
  if (claims !== undefined) return claims
  throw fail.notFound(`It is not known what the provider says of ${name}.`, {
    hint: 'It is known after a sign-in by the provider, until this server is started again. Or hand over claims.',
  })
}
