import { accountWords } from './en/account.ts'
import { connectionWords } from './en/connections.ts'
import { endWords } from './en/ends.ts'
import { helpWords } from './en/help.ts'
import { pictureWords } from './en/pictures.ts'
import { planWords } from './en/plan.ts'
import { reportWords } from './en/reports.ts'
import { ruleWords } from './en/rules.ts'
import { runWords } from './en/runs.ts'
import { settingWords } from './en/settings.ts'
import { shellWords } from './en/shell.ts'

/** Every sentence of the console in English, by key. Another language is another object of the same shape. */
export const en = {
  ...shellWords,
  ...accountWords,
  ...helpWords,
  ...pictureWords,
  ...planWords,
  ...reportWords,
  ...ruleWords,
  ...runWords,
  ...connectionWords,
  ...endWords,
  ...settingWords,
} as const
