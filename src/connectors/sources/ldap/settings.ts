import { createHash } from 'node:crypto'
import { fail } from '../../../domain/errors.ts'
import type { MappingRule } from '../../../domain/mapping.ts'
import { firstOf, fullName } from '../../kit/default-rule.ts'
import { isWithin, normalDn } from '../../kit/dn.ts'
import type { LdapConfig } from './config.ts'
import { type Filter, filterText, parseFilter } from './filter.ts'
import { type InactiveRule, type Preset, type PresetName, presets } from './presets.ts'

/** How a directory is read: the settings, completed by what is usual in this kind of directory. */
export interface Layout {
  readonly presetName: PresetName
  readonly preset: Preset
  readonly userBases: readonly string[]
  readonly groupBases: readonly string[]
  readonly userFilter: Filter
  readonly groupFilter: Filter
  readonly scope: 'subtree' | 'one-level'
  /** Names of attributes as they are asked for; answers are compared in lower case. */
  readonly id: string
  /** The id was named in the settings: the directory itself need not keep it unique. */
  readonly idIsChosen: boolean
  readonly groupId: string
  readonly logins: readonly string[]
  readonly emails: readonly string[]
  readonly fullNames: readonly string[]
  readonly groupName: string
  readonly members: readonly string[]
  readonly memberLogins: readonly string[]
  readonly inactive: readonly InactiveRule[]
  readonly locked: InactiveRule | undefined
  readonly expires: Preset['expires']
  readonly everybodyHas: readonly string[]
  readonly primaryGroup: 'except-domain-users' | 'all' | 'none'
  readonly nestedGroups: boolean
  /** Every attribute of a person that is delivered, each once. */
  readonly attributes: readonly string[]
}

/** Throws `config-invalid`. */
export function layoutOf(config: LdapConfig, presetName: PresetName): Layout {
  const preset: Preset = presets[presetName]
  const logins = config.loginAttribute === undefined ? preset.login : [config.loginAttribute]
  const emails = config.emailAttribute === undefined ? preset.email : [config.emailAttribute]
  const fullNames = config.nameAttribute === undefined ? preset.fullName : [config.nameAttribute]
  const id = config.idAttribute ?? preset.id
  const inactive = config.inactive === undefined ? preset.inactive : [ruleOf(config.inactive)]
  return {
    presetName,
    preset,
    userBases: basesOf(config.userBaseDn ?? [config.baseDn], config.searchScope),
    groupBases: basesOf(config.groupBaseDn ?? [config.baseDn], config.searchScope),
    userFilter: filterOf(config.userFilter ?? preset.userFilter),
    groupFilter: filterOf(config.groupFilter ?? preset.groupFilter),
    scope: config.searchScope,
    id,
    idIsChosen: config.idAttribute !== undefined && !sameName(config.idAttribute, preset.id),
    groupId: config.groupIdAttribute ?? preset.id,
    logins,
    emails,
    fullNames,
    groupName: config.groupNameAttribute ?? preset.groupName,
    members: config.memberAttributes ?? preset.members,
    memberLogins: config.memberAttributes === undefined ? preset.memberLogins : [],
    inactive,
    locked: config.lockedIsInactive ? preset.locked : undefined,
    expires: config.expiredIsInactive ? preset.expires : undefined,
    everybodyHas: config.inactive === undefined ? preset.everybodyHas : [],
    primaryGroup: preset.hasPrimaryGroups ? config.primaryGroup : 'none',
    nestedGroups: config.nestedGroups,
    attributes: namedOnce([
      ...logins,
      ...emails,
      ...fullNames,
      ...preset.attributes,
      ...inactive.map(({ attribute }) => attribute),
      ...config.attributes,
    ]),
  }
}

function filterOf(text: string): Filter {
  const { filter } = parseFilter(text)
  if (filter === undefined) throw fail.configInvalid(`The filter ${text} cannot be understood.`)
  return filter
}

/** Each base once, and none that lies within another one, whose entries would be read twice. */
function basesOf(given: readonly string[], scope: Layout['scope']): readonly string[] {
  const all = new Map(given.map((base) => [normalDn(base), base]))
  const isCovered = (base: string) =>
    scope === 'subtree' && [...all.keys()].some((other) => other !== base && isWithin(base, other))
  return [...all].flatMap(([normal, base]) => (isCovered(normal) ? [] : [base]))
}

function ruleOf(rule: NonNullable<LdapConfig['inactive']>): InactiveRule {
  const { attribute, values, bits, pattern } = rule
  if (values !== undefined) return { attribute, values }
  if (bits !== undefined) return { attribute, bits }
  return { attribute, pattern: pattern ?? '' }
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Names in their first spelling. */
export function namedOnce(names: readonly string[]): readonly string[] {
  return [...new Map(names.toReversed().map((name) => [name.toLowerCase(), name])).values()].toReversed()
}

/** Login, e-mail and name as this kind of directory calls them. */
export function defaultMappingOf(layout: Layout): Readonly<Record<string, MappingRule>> {
  return {
    email: firstOf(layout.emails),
    userName: firstOf(layout.logins),
    displayName: fullName(layout.fullNames, ['givenName'], ['sn']),
  }
}

/**
 * Everything that decides who is read and under which key (D23), also the reader: another one may see other parts. Which
 * of several hosts answers is not part of it.
 */
export function fingerprintOf(config: LdapConfig, layout: Layout | undefined): string {
  const { preset, port, baseDn, bindDn, security } = config
  const { userBaseDn, groupBaseDn, searchScope, groups, idAttribute, groupIdAttribute } = config
  const { userFilter, groupFilter, referrals, inactive, expiredIsInactive, lockedIsInactive } = config
  const chosen = {
    preset,
    port: port ?? (security === 'ldaps' ? 636 : 389),
    baseDn: normalDn(baseDn),
    bindDn,
    userBaseDn: userBaseDn?.map(normalDn),
    groupBaseDn: groupBaseDn?.map(normalDn),
    searchScope,
    groups,
    idAttribute,
    groupIdAttribute,
    userFilter: userFilter === undefined ? undefined : filterText(filterOf(userFilter)),
    groupFilter: groupFilter === undefined ? undefined : filterText(filterOf(groupFilter)),
    inactive,
    expiredIsInactive,
    lockedIsInactive,
    referrals,
    memberships: [config.memberAttributes, config.nestedGroups, config.primaryGroup],
  }
  const digest = createHash('sha256').update(JSON.stringify(chosen)).digest('hex').slice(0, 32)
  return preset === 'auto' && layout !== undefined ? `ldap:${digest}:${layout.presetName}` : `ldap:${digest}`
}
