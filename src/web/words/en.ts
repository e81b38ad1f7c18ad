import { accountWords } from './en/account.ts'
import { connectionWords } from './en/connections.ts'
import { decisionWords } from './en/decisions.ts'
import { driftWords } from './en/drift.ts'
import { endWords } from './en/ends.ts'
import { helpWords } from './en/help.ts'
import { personWords } from './en/person.ts'
import { pictureWords } from './en/pictures.ts'
import { planWords } from './en/plan.ts'
import { reportWords } from './en/reports.ts'
import { ruleWords } from './en/rules.ts'
import { runWords } from './en/runs.ts'
import { settingWords } from './en/settings.ts'
import { shellWords } from './en/shell.ts'
import { trialWords } from './en/trial.ts'
import { workWords } from './en/work.ts'

/** Every sentence of the console in English, by key. Another language is another object of the same shape. */
export const en = {
  ...shellWords,
  ...accountWords,
  ...decisionWords,
  ...driftWords,
  ...helpWords,
  ...personWords,
  ...pictureWords,
  ...planWords,
  ...reportWords,
  ...ruleWords,
  ...runWords,
  ...connectionWords,
  ...endWords,
  ...settingWords,
  ...trialWords,
  ...workWords,
} as const
