import { plainName } from './columns.ts'

const yes = new Set(['true', 'yes', 'y', '1', 'on', 't', 'x', 'ja', 'oui'])
const no = new Set(['false', 'no', 'n', '0', 'off', 'f', 'nein', 'non'])

const leaverWords = new Set([
  'inactive',
  'disabled',
  'deactivated',
  'suspended',
  'blocked',
  'terminated',
  'left',
  'leaver',
  'resigned',
  'retired',
  'deprovisioned',
  'archived',
  'deleted',
])
const activeWords = new Set(['active', 'enabled', 'employed', 'current', 'ok', 'provisioned', 'invited', 'staged'])

/** Columns that say yes when somebody is *not* active. */
const negative = new Set([
  'disabled',
  'isdisabled',
  'accountdisabled',
  'suspended',
  'issuspended',
  'inactive',
  'blocked',
  'archived',
  'nsaccountlock',
  'logindisabled',
  'dspwpaccountdisabled',
])

/** `unclear` = neither a usual yes nor a usual no. */
export type Verdict = 'active' | 'inactive' | 'unclear'

/** How the values of one column are read. With `inactiveValues` these alone mean inactive; letter case does not matter. */
export function activeJudge(column: string, inactiveValues: readonly string[] | undefined): (value: string) => Verdict {
  if (inactiveValues !== undefined) {
    const inactive = new Set(inactiveValues.map(fold))
    return (value) => (inactive.has(fold(value)) ? 'inactive' : 'active')
  }
  const name = plainName(column)
  if (name === 'useraccountcontrol') return byControlBits
  // Zeros in the place of a time mean locked by an administrator for good; a real time is a passing lock-out.
  if (name === 'pwdaccountlockedtime') return (value) => (value === '000001010000Z' ? 'inactive' : 'active')
  const [whenYes, whenNo]: [Verdict, Verdict] = negative.has(name) ? ['inactive', 'active'] : ['active', 'inactive']
  return (value) => {
    const folded = fold(value)
    if (yes.has(folded)) return whenYes
    if (no.has(folded)) return whenNo
    if (leaverWords.has(folded)) return 'inactive'
    return activeWords.has(folded) ? 'active' : 'unclear'
  }
}

/** ACCOUNTDISABLE is bit 2 of userAccountControl (Active Directory). */
function byControlBits(value: string): Verdict {
  if (!/^-?\d{1,11}$/.test(value.trim())) return 'unclear'
  return (Number(value) & 2) === 2 ? 'inactive' : 'active'
}

function fold(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase()
}
