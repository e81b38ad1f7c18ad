import { type Kept as KeptFor, keptThings as keptFor } from '../kept.ts'

/** What an undo leaves as it is, by the reason why. */
const sentences = {
  'group-created': (n: string) =>
    `${n} created by the run and kept: groups are never deleted by Muster. Delete what is not wanted in the target`,
  'group-managed': (n: string) =>
    `${n} still filled from the source: the rules of the connection decide that, an undo does not`,
  deleted: (n: string) => `${n} deleted by the run, which cannot be taken back from here`,
  'account-created': (n: string) =>
    `${n} created by the run; accounts are not deleted but deactivated, which is reversible`,
  'already-so': (n: string) => `${n} already as before the run`,
  gone: (n: string) => `${n} no longer in the target, or on accounts or groups that are not`,
  'not-ours': (n: string) => `${n} no longer ours to take back: somebody else or a later run changed it since`,
  moved: (n: string) => `${n} with values that changed since, or that cannot be set back`,
  protected: (n: string) => `${n} kept: the group is protected, or the account is one that no change ever touches`,
  decided: (n: string) => `${n} kept: a person decided that it stays as it is`,
  frozen: (n: string) => `${n} kept: the person is leaving and the memberships are frozen until the first stage is due`,
  suspended: (n: string) => `${n} kept on accounts that this undo deactivates, and looked at again when they return`,
  inactive: (n: string) => `${n} not given back: the account is not active`,
  'granted-elsewhere': (n: string) => `${n} kept: another connection or source vouches for it`,
  'link-in-use': (n: string) => `${n} kept: something that stays rests on the link`,
} as const

export type Kept = KeptFor<keyof typeof sentences>

export const keptThings = (): Kept => keptFor(sentences)
