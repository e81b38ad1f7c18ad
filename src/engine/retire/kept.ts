/** What a retirement leaves as it is, by the reason why. */
export const keptSentences = {
  adopted: (n: string) => `${n} older than this connection and not taken away (--adopted takes them, too)`,
  'granted-elsewhere': (n: string) => `${n} kept: another connection vouches for it`,
  protected: (n: string) => `${n} kept: the group is protected, or the account is one that no change ever touches`,
  decided: (n: string) => `${n} kept: a person decided that it stays as it is`,
  leads: (n: string) =>
    `${n} kept active: the person leads a project or component; hand it over in the target, then retire again`,
  'already-so': (n: string) => `${n} not active already`,
  active: (n: string) => `${n} left active although this connection made it (--accounts deactivate ends them)`,
  gone: (n: string) => `${n} no longer in the target, or on accounts or groups that are not`,
  hidden: (n: string) => `${n} left: the target does not show the groups of an account that is switched off`,
  unproven: (n: string) => `${n} left: not everything could be read completely; retire again when it can`,
} as const satisfies Readonly<Record<string, (subject: string) => string>>

export type KeptReason = keyof typeof keptSentences
