import { t } from '../words/t.ts'

export const settingsTabs = ['tokens', 'users', 'sign-on', 'notifications', 'secrets', 'export', 'about'] as const
export type SettingsTab = (typeof settingsTabs)[number]

/** Which part of the settings is open; stands in the address. */
export function settingsSearch(given: Record<string, unknown>): { readonly tab?: SettingsTab } {
  const tab = settingsTabs.find((each) => each === given.tab)
  return tab === undefined ? {} : { tab }
}

export function tabTitle(tab: SettingsTab): string {
  return t(`settings.tab.${tab}`)
}
